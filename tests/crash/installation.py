"""An installation of a test's own: its folder, its embedded server, the demo's places and names, its processes."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

import maillon
from maillon.demo import overlay
from maillon.ops import embedded
from maillon.ops.embedded import SUPERUSER
from maillon.settings import DATABASE, OWNER_ROLE, socket_url

MAILLON = (sys.executable, "-m", "maillon.ops.cli")
ACCOUNTS = (
    ("analyst-a", "hotline", "child-focus", "analyst"),
    ("analyst-b", "hotline", "child-focus", "analyst"),
    ("senior", "hotline", "child-focus", "senior_analyst"),
    ("officer", "authority", "federal-police", "police_officer"),
)


@dataclass
class Installation:
    """One folder with all that stands in it. `environ` is what its commands run under."""

    home: Path
    environ: dict[str, str]
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def connect(self, database: str = DATABASE) -> psycopg.Connection[Any]:
        """The database as its owner, who sees every house."""
        return psycopg.connect(socket_url(self.home, OWNER_ROLE, database), autocommit=True)

    def query(self, statement: str, params: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self.connect() as connection:
            return connection.execute(statement, params).fetchall()

    def keep_as(self, name: str) -> None:
        """Keep every row and outgoing file as they are now, under `name`."""
        with self._as_superuser() as connection:
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
            for table in tables(connection):
                names = sql.Identifier(name, table), sql.Identifier("public", table)
                connection.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(*names))
        if self.files.exists():
            shutil.copytree(self.files, self.home / name)

    def go_back_to(self, name: str) -> None:
        """Make every row and outgoing file what they were under `name`."""
        with self._as_superuser() as connection:
            connection.execute("SET LOCAL session_replication_role = replica")  # foreign keys hold in what was kept
            found = tables(connection)
            for table in found:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("public", table)))
            for table in found:
                names = sql.Identifier("public", table), sql.Identifier(name, table)
                given = sql.SQL(", ").join(sql.Identifier(column) for column in written_columns(connection, table))
                connection.execute(sql.SQL("INSERT INTO {0} ({2}) SELECT {2} FROM {1}").format(*names, given))
        shutil.rmtree(self.files, ignore_errors=True)
        if (self.home / name).exists():
            shutil.copytree(self.home / name, self.files)

    def _as_superuser(self) -> psycopg.Connection[Any]:
        return psycopg.connect(socket_url(self.home, SUPERUSER))

    @property
    def files(self) -> Path:
        """Where the channel `file` lays its documents."""
        return self.home / "outbox-files"

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start a maillon command as a process, which ends with the test at the latest."""
        with (self.home / "said").open("ab") as said:
            process = subprocess.Popen(
                (*MAILLON, *words),
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said,
            )
        self.started.append(process)
        return process

    def run(self, *words: str) -> None:
        """Run a maillon command to its end, which must be a success."""
        process = self.start(*words)
        assert process.wait() == 0, (words, self.said())

    def forget_said(self) -> None:
        (self.home / "said").unlink(missing_ok=True)

    def said(self) -> str:
        """The last of what the commands said on stderr."""
        return (self.home / "said").read_text(errors="replace")[-5000:]


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    """Every table of the program."""
    return [name for (name,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]


def written_columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """The columns of a table that are written, not computed."""
    found = connection.execute(
        "SELECT column_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER'",
        [table],
    )
    return [name for (name,) in found]


@contextmanager
def installed(options: Sequence[str] = ()) -> Iterator[Installation]:
    """A new installation with the demo's places and accounts; every process of it is ended at the end."""
    folder = Path(tempfile.mkdtemp(prefix="maillon-crash-"))
    home = folder / "home"
    names = name_server()
    try:
        here = Installation(home, environ(home, address_said(names)))
        embedded.ensure_running(home, options)
        here.run("migrate")
        (home / "demo").mkdir(exist_ok=True)
        overlay.write(home / "demo" / "overlay.mmdb")
        with here.connect() as connection:
            connection.execute("UPDATE outbox_installation SET demo = true")
        try:
            yield here
        finally:
            for process in here.started:
                process.kill()
                process.wait()
    finally:
        names.terminate()
        names.communicate()
        embedded.stop(home)
        shutil.rmtree(folder)


def environ(home: Path, resolver: str) -> dict[str, str]:
    """The environment of an installation's commands."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("MAILLON_") and k != "DATABASE_URL"}
    source = str(Path(maillon.__file__).parent.parent)
    return {
        **kept,
        "PYTHONPATH": source,
        "DJANGO_SETTINGS_MODULE": "maillon.django_settings",
        "MAILLON_HOME": str(home),
        "MAILLON_RESOLVER": resolver,
        "MAILLON_HOUSES": "hotline,authority",
    }


def name_server() -> subprocess.Popen[bytes]:
    """The demo's name server, on a free port of loopback."""
    source = str(Path(maillon.__file__).parent.parent)
    return subprocess.Popen(
        (sys.executable, "-m", "maillon.demo.dns"), env={**os.environ, "PYTHONPATH": source}, stdout=subprocess.PIPE
    )


def address_said(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().decode().split()[-1]
