"""The database of one test process: cloned from one migrated template, emptied between tests.

Services open durable transactions of their own, so tests commit for real. The owner's role migrates and empties;
the tests themselves run as the program's role, behind row security.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from pathlib import Path

import psycopg
from django.core.management import call_command
from django.db import connections
from psycopg import sql

from maillon.access.services import found_house
from maillon.outbox.acting import HOUSES
from maillon.settings import DATABASE, OWNER_ROLE, socket_url
from tests import server

FOUNDED = datetime(2010, 1, 1, tzinfo=UTC)
"""When the houses of the tests were founded: before every moment that a test speaks of."""

KEPT = ("auth_permission", "django_content_type", "django_migrations", "outbox_installation")
"""What the migrations wrote, and what is set back rather than emptied."""

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL(%s)"
KEYS = """
SELECT DISTINCT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
WHERE contype = 'f' AND conrelid <> confrelid
"""
LARGE = 1 << 20
"""Bytes from which on a table is emptied by TRUNCATE: below, DELETE takes a tenth of the time."""
INSTALLATION = "SELECT to_json(i)::text FROM outbox_installation i"
SET_BACK = """
INSERT INTO outbox_installation SELECT (json_populate_record(NULL::outbox_installation, %s)).*
"""
COLUMNS = """
SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_generated = 'NEVER'
ORDER BY ordinal_position
"""
_founded: list[str] = []
_tables: list[str] = []
_installation: list[str] = []


def prepare() -> None:
    """Make this process's database, from a template that the first process migrates."""
    server.start()
    home = Path(os.environ[server.HOME])
    with one_at_a_time(home / "template.lock"):
        if not (home / "template").exists():
            migrate()
            (home / "template").touch()
        with psycopg.connect(socket_url(home, OWNER_ROLE, "postgres"), autocommit=True) as connection:
            names = sql.Identifier(server.database()), sql.Identifier(DATABASE)
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(*names))


def migrate() -> None:
    owner = connections["owner"]
    owner.settings_dict["NAME"] = DATABASE
    call_command("migrate", database="owner", interactive=False, verbosity=0)
    owner.close()
    owner.settings_dict["NAME"] = server.database()


def refound() -> None:
    """Empty the database, and found its houses again: the first time by the service, then as they stood after it."""
    empty()
    if not _founded:
        for house in HOUSES:
            found_house(house=house, at=FOUNDED)
        _founded.extend(as_it_stands())
    else:
        with connections["owner"].cursor() as cursor:
            cursor.execute("; ".join(_founded))


def as_it_stands() -> Iterator[str]:
    """Statements that write every row again, what is referred to first."""
    with connections["owner"].cursor() as cursor:
        for table in reversed(_tables):
            cursor.execute(f"SELECT json_agg(t)::text FROM {table} t")
            [(found,)] = cursor.fetchall()
            if found is not None:
                cursor.execute(COLUMNS, [table])
                names = ", ".join(f'"{name}"' for (name,) in cursor.fetchall())
                rows = f"json_populate_recordset(NULL::{table}, {sql.Literal(found).as_string()})"
                yield f"INSERT INTO {table} ({names}) OVERRIDING SYSTEM VALUE SELECT {names} FROM {rows}"


def empty() -> None:
    """Remove every row that is not reference data; one statement for all tables that have any."""
    with connections["owner"].cursor() as cursor:
        if not _tables:
            cursor.execute(TABLES, [list(KEPT)])
            names = {row[0] for row in cursor.fetchall()}
            cursor.execute(KEYS)
            _tables.extend(referring_first(names, cursor.fetchall()))
            cursor.execute(INSTALLATION)
            _installation.extend(row[0] for row in cursor.fetchall())
        looks = (f"(SELECT '{table}', pg_relation_size('{table}') FROM {table} LIMIT 1)" for table in _tables)
        cursor.execute(" UNION ALL ".join(looks))
        sizes = dict(cursor.fetchall())
        if max(sizes.values(), default=0) > LARGE:
            cursor.execute(f"TRUNCATE {', '.join(sizes)} CASCADE")
        elif sizes:
            deletes = " ".join(f"DELETE FROM {table};" for table in _tables if table in sizes)
            cursor.execute(f"DO $$ BEGIN {deletes} END $$")
        cursor.execute(INSTALLATION)
        if [row[0] for row in cursor.fetchall()] != _installation:
            cursor.execute("DELETE FROM outbox_installation")
            cursor.executemany(SET_BACK, [[row] for row in _installation])


def referring_first(names: set[str], keys: Sequence[tuple[str, str]]) -> list[str]:
    """The tables so that each stands before those that it refers to."""
    order = TopologicalSorter({name: set[str]() for name in names})
    for table, target in keys:
        if {table, target} <= names:
            order.add(target, table)
    return list(order.static_order())


def end_of_test() -> None:
    """A test that leaves a transaction open would hold the next one back."""
    for connection in connections.all(initialized_only=True):
        assert not connection.in_atomic_block, "the test left a transaction open"


def close() -> None:
    connections.close_all()


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
