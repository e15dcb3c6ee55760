"""One installation made ready for a command: its server runs, Django is loaded, its tables are up to date."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

import maillon
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadSetting, MaillonError
from maillon.ops import embedded
from maillon.settings import Settings, load, private

OLDEST_SERVER = 15


class MigrationsPending(MaillonError):
    """The tables are older than this version of Maillon."""


class ServerTooOld(MaillonError):
    """The PostgreSQL server lacks what Maillon needs."""


@cache
def current() -> Settings:
    """The settings of this process. Raises BadSetting."""
    return load(os.environ)


def load_django() -> None:
    """Load Django's apps, which needs no database. Safe to repeat."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillon.django_settings")
    if not apps.ready:
        django.setup()


def prepare(settings: Settings) -> embedded.Running | None:
    """Have the database answer and its tables up to date; None where the server is not ours to start.

    The embedded database is migrated on the way; a server's is migrated by `maillon migrate` alone.
    Raises MigrationsPending, ServerFailed.
    """
    running = embedded.ensure_running(settings.home) if settings.embedded else None
    load_django()
    if up_to_date(settings):
        return running
    if settings.embedded:
        migrate(settings)
    elif pending(settings) or list(walls().differing("default")):
        raise MigrationsPending("The database is older than this version of Maillon; run maillon migrate.")
    else:
        note(settings)
    return running


def migrate(settings: Settings) -> list[str]:
    """Bring the tables up to date and found the houses; the migrations that were applied. Safe to repeat.

    Raises BadSetting where the owner's role is not given, ServerTooOld.
    """
    if settings.owner_url is None:
        raise BadSetting("MAILLON_OWNER_URL is not set; maillon migrate needs the role that owns the tables.")
    load_django()
    with one_at_a_time(private(settings.home) / "migrate.lock"):
        refuse_old_server()
        applied = pending(settings)
        if applied:
            call_command("migrate", database="owner", interactive=False, verbosity=0)
        else:
            walls().draw("owner")
        found_houses(settings)
        note(settings)
    return applied


def pending(settings: Settings) -> list[str]:
    """The migrations not yet applied, as `app.name`, asked of the database itself."""
    executor = MigrationExecutor(connections["owner" if settings.owner_url else "default"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [f"{migration.app_label}.{migration.name}" for migration, _ in plan]


def up_to_date(settings: Settings) -> bool:
    """Whether this database was last seen with the migrations of this version; asks no database."""
    try:
        return (settings.home / "migrated").read_text() == digest(settings)
    except FileNotFoundError:
        return False


def note(settings: Settings) -> None:
    """Keep in `home` that the database has the migrations of this version."""
    draft = private(settings.home) / f"migrated.{os.getpid()}"
    draft.write_text(digest(settings))
    draft.rename(settings.home / "migrated")


def digest(settings: Settings) -> str:
    """What the tables depend on: the database, our migrations, those of the apps, the walls, and the houses."""
    found = hashlib.sha256(f"{settings.program_url} {settings.houses}".encode())
    if settings.embedded:
        found.update(str((embedded.data_of(settings.home) / "PG_VERSION").stat().st_mtime_ns).encode())
    for package in ("django", "django-allauth"):
        found.update(version(package).encode())
    for path in sorted(Path(maillon.__file__).parent.glob("**/migrations/*")):
        if path.is_file():
            found.update(path.name.encode() + path.read_bytes())
    found.update(repr(walls().policies()).encode())
    return found.hexdigest()


def walls() -> ModuleType:
    """`access.drawing`, which needs Django loaded."""
    return import_module("maillon.access.drawing")


def found_houses(settings: Settings) -> None:
    found_house = import_module("maillon.access.services").found_house  # its models need Django loaded
    for house in settings.houses:
        found_house(house=house, at=SystemClock().now())


def refuse_old_server() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        found = int(cursor.fetchone()[0]) // 10_000
    if found < OLDEST_SERVER:
        raise ServerTooOld(f"The server is PostgreSQL {found}; Maillon needs {OLDEST_SERVER} or newer.")


@contextmanager
def one_at_a_time(lock: Path) -> Iterator[None]:
    handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
