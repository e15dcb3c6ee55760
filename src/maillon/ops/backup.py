"""Back the database up into one file, and put it back: by PostgreSQL's own programs, as the owner's role.

The file holds the whole database, with the wrapped keys of the evidence vault, and neither the vault (MAILLON_VAULT)
nor any key in MAILLON_HOME/keys: whoever holds all three reads everything, so they are kept apart. Restored, an
installation enters a new epoch; its peers then send again what it no longer has.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from maillon.kernel.errors import BadInput, BadSetting, MaillonError
from maillon.ops import embedded
from maillon.settings import Settings

MAINTENANCE = "postgres"
RESTORING, BEFORE = "_restoring", "_before"
"""Added to the database's name while it is put back, and while the one before still lies beside it."""


class Busy(MaillonError):
    """Somebody works with the database."""


class BackupFailed(MaillonError):
    """PostgreSQL's program refused."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """`epoch` is the installation's from now on, `before` the highest it was in, as far as is known here."""

    epoch: int
    before: int


def back_up(settings: Settings, path: Path) -> int:
    """Write the database into `path`, a new file that only its owner reads; its size in bytes. The site may run.

    Raises BadInput, BadSetting, BackupFailed.
    """
    if path.exists():
        raise BadInput(f"{path} exists already; name a new file.")
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.unlink(missing_ok=True)  # left by one that was killed, or laid there by somebody who would read it
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; name a file elsewhere.") from error
    with reached(settings) as owner, os.fdopen(descriptor, "wb") as file:
        try:
            program(settings, "pg_dump", owner, "--format=custom", "--no-password", output=file.fileno())
            os.fsync(file.fileno())
            draft.rename(path)
        finally:
            draft.unlink(missing_ok=True)
    return path.stat().st_size


def restore(settings: Settings, path: Path, *, epoch: int | None = None) -> Restored:
    """Put the database of `path` in the place of this one, in a new epoch: `epoch`, or one more than any known here.

    It is put back beside the present one and takes its place only when it is whole. Raises Busy where the site runs,
    BadInput, BadSetting, BackupFailed.
    """
    if not path.is_file():
        raise BadInput(f"There is no file {path}; name one that `maillon backup` wrote.")
    with reached(settings) as owner, psycopg.connect(at(owner, MAINTENANCE), autocommit=True) as server:
        name = str(conninfo_to_dict(owner)["dbname"])
        refuse_busy(server, name)
        before = max(epoch_of(server, owner, name), epoch_of(server, owner, name + BEFORE))
        remake(server, name + RESTORING)
        beside = at(owner, name + RESTORING)
        words = ("--no-owner", "--exit-on-error", "--single-transaction", "--no-password")
        program(settings, "pg_restore", beside, *words, f"--dbname={name + RESTORING}", str(path))
        restored = enter_epoch(beside, before, epoch)
        take_place(server, name)
    (settings.home / "migrated").unlink(missing_ok=True)
    return restored


@contextmanager
def reached(settings: Settings) -> Iterator[str]:
    """The owner's address of a database that answers; an embedded server that was started for this is stopped again."""
    if settings.owner_url is None:
        raise BadSetting("MAILLON_OWNER_URL is not set; backups are made by the role that owns the tables.")
    started = settings.embedded and embedded.ensure_running(settings.home).started
    try:
        yield settings.owner_url
    finally:
        if started:
            embedded.stop(settings.home)


def at(url: str, database: str) -> str:
    """The same server's other database."""
    return psycopg.conninfo.make_conninfo(url, dbname=database)


def program(settings: Settings, name: str, url: str, *words: str, output: int = subprocess.DEVNULL) -> None:
    """Run one of PostgreSQL's programs on the database of `url`. Raises BackupFailed with what it said last."""
    found = embedded.binary(name) if settings.embedded else shutil.which(name) or embedded.binary(name)
    known = conninfo_to_dict(url)
    places = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    given = {variable: str(known[key]) for variable, key in places.items() if known.get(key)}
    done = subprocess.run(
        (found, *words), env={**os.environ, **given}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.PIPE,
        text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        said = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise BackupFailed(f"{name} refused ({said}); nothing was changed.")


WORKING = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND usename IS NOT NULL AND pid <> pg_backend_pid()"


def refuse_busy(server: psycopg.Connection, name: str) -> None:
    found = server.execute(WORKING, [name]).fetchone()
    if found and found[0]:
        raise Busy("Maillon works with this database; stop it first (Ctrl-C where it runs, or maillon stop).")


def epoch_of(server: psycopg.Connection, url: str, name: str) -> int:
    """The epoch of the installation in the database `name`; 0 where there is none."""
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        return 0
    with psycopg.connect(at(url, name)) as database:
        if not (database.execute("SELECT to_regclass('outbox_installation')").fetchone() or [None])[0]:
            return 0
        found = database.execute("SELECT epoch FROM outbox_installation WHERE id = 1").fetchone()
        return int(found[0]) if found else 0


def enter_epoch(url: str, before: int, wanted: int | None) -> Restored:
    """Let the installation that was put back enter its new epoch. Raises BadInput where it is no installation's."""
    try:
        with psycopg.connect(url) as database:
            found = database.execute("SELECT epoch FROM outbox_installation WHERE id = 1").fetchone()
            known = max(before, int(found[0]) if found else 0)
            if wanted is not None and wanted <= known:
                raise BadInput(f"This installation was in epoch {known} already; give --epoch {known + 1} or more.")
            epoch = wanted or known + 1
            database.execute("UPDATE outbox_installation SET epoch = %s WHERE id = 1", [epoch])
    except psycopg.errors.UndefinedTable:
        raise BadInput("The file holds no installation of Maillon; name one that `maillon backup` wrote.") from None
    return Restored(epoch=epoch, before=known)


def remake(server: psycopg.Connection, name: str) -> None:
    """An empty database `name`."""
    try:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    except psycopg.errors.InsufficientPrivilege:
        raise BadSetting("The role of MAILLON_OWNER_URL may not make databases; give it CREATEDB to restore.") from None


def take_place(server: psycopg.Connection, name: str) -> None:
    """Let the database that was put back take the place of the present one, which goes."""
    now, new, old = (sql.Identifier(word) for word in (name, name + RESTORING, name + BEFORE))
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(old))
    try:
        server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(now, old))
    except psycopg.errors.ObjectInUse:
        raise Busy("Somebody opened the database meanwhile; stop Maillon, then restore again.") from None
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(new, now))
    server.execute(sql.SQL("DROP DATABASE {}").format(old))
