"""A synthetic hotline of any size: a year of reports (year.sql), and its open cases as a queue (queue.sql)."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import psycopg

from bench.home import Home
from maillon.settings import DATABASE

HERE = Path(__file__).parent


def fill(home: Home, *, reports: int, queue_at: datetime | None = None, database: str = DATABASE) -> None:
    """Write `reports` reports on three quarters as many items, a tenth of them open; as a queue at `queue_at`.

    The keys between the rows hold by construction and are not checked row by row.
    """
    given = {":reports": str(reports), ":now": f"'{queue_at}'"}
    with home.superuser(database) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET work_mem = '256MB'")
        connection.execute("SET synchronous_commit = off")
        for name in ("year.sql", *(["queue.sql"] if queue_at else [])):
            run_script(connection, (HERE / name).read_text(encoding="utf-8"), given)


def run_script(connection: psycopg.Connection[tuple[object, ...]], script: str, given: dict[str, str]) -> None:
    for statement in statements(script, given):
        connection.execute(statement.encode())


def statements(script: str, given: dict[str, str]) -> Iterator[str]:
    for name, value in given.items():
        script = script.replace(name, value)
    yield from filter(str.strip, script.split(";\n"))
