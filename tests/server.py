"""The PostgreSQL of one test run: an embedded one of its own, or the one that MAILLON_TEST_SERVER names.

Addresses are known at once; the server starts when the first test asks for a database.
"""

import os
import shutil
import tempfile
from pathlib import Path

from maillon.ops import embedded, privileges
from maillon.settings import DATABASE, OWNER_ROLE, PROGRAM_ROLE, socket_url

HOME = "MAILLON_TEST_HOME"  # set by the first process of a run, inherited by the others
CHOICE = "MAILLON_TEST_SERVER"  # debian15, or a folder of PostgreSQL's programs
BINARIES = {"debian15": "/usr/lib/postgresql/15/bin"}
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=300")


def settle() -> Path:
    """Choose the run's folder, and point the settings at it. Safe to repeat."""
    if HOME not in os.environ:
        os.environ[HOME] = tempfile.mkdtemp(prefix="maillon-test-")
    home = Path(os.environ[HOME])
    for name in [name for name in os.environ if name.startswith("MAILLON_") and name not in (HOME, CHOICE)]:
        del os.environ[name]
    os.environ["MAILLON_HOME"] = str(home)
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)  # read by now; a command that a test runs is on its own
    if binaries() is not None:
        os.environ["DATABASE_URL"] = socket_url(home, PROGRAM_ROLE)
        os.environ["MAILLON_OWNER_URL"] = socket_url(home, OWNER_ROLE)
    return home


def database() -> str:
    """The database of this process: each worker of xdist has its own."""
    return f"{DATABASE}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"


def binaries() -> Path | None:
    """The folder of the programs asked for; None for the embedded ones."""
    wanted = os.environ.get(CHOICE, "")
    return Path(BINARIES.get(wanted, wanted)) if wanted else None


def start() -> None:
    """Have the run's server answer; the processes of a run may all ask."""
    home, chosen = Path(os.environ[HOME]), binaries()
    if chosen is None:
        embedded.ensure_running(home, FAST)
        return
    if not (chosen / "postgres").exists():
        raise FileNotFoundError(f"There is no PostgreSQL in {chosen}; install postgresql-15, or unset {CHOICE}.")
    with embedded.locked(home):
        if not embedded.is_running(home):
            start_chosen(home, chosen)


def start_chosen(home: Path, chosen: Path) -> None:
    data, folder = embedded.data_of(home), home / "socket"
    for made in (data, folder):
        made.mkdir(mode=0o700)
        privileges.hand_over(made)
    embedded.run(home, str(chosen / "initdb"), f"--pgdata={data}", "--username=postgres", "--auth=trust",
                 "--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums")  # fmt: skip
    words = " ".join(f"-c {option}" for option in (*FAST, "listen_addresses=", f"unix_socket_directories={folder}"))
    embedded.run(home, str(chosen / "pg_ctl"), "start", "--wait", f"--pgdata={data}",
                 f"--log={data / 'log'}", f"--options={words}")  # fmt: skip
    embedded.furnish(home)


def end() -> None:
    """Stop the run's server and remove its folder."""
    home = Path(os.environ[HOME])
    embedded.stop(home)
    shutil.rmtree(home)
