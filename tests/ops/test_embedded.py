"""The embedded server: it starts on demand, recovers from any kill, and leaves no trace of other programs' numbers."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from maillon.ops import embedded
from maillon.ops.embedded import State
from maillon.settings import socket_folder

FAST = ("fsync=off",)


def awaited(condition: Callable[[], bool]) -> None:
    """Wait until the condition holds; fail after a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="maillon-") as folder:
        path = Path(folder) / "home"
        yield path
        embedded.stop(path)


def kill(home: Path) -> int:
    pid = embedded.server_pid(home)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    awaited(lambda: embedded.server_pid(home) is None)
    return pid


def remember(home: Path, value: int) -> None:
    with psycopg.connect(embedded.ensure_running(home, FAST).owner_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def remembered(home: Path) -> list[int]:
    with psycopg.connect(embedded.ensure_running(home, FAST).owner_url) as connection:
        return [row[0] for row in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_it_starts_once_and_stays_until_stopped(home: Path) -> None:
    assert embedded.ensure_running(home, FAST).started
    assert not embedded.ensure_running(home, FAST).started
    assert embedded.is_running(home)
    assert embedded.stop(home)
    assert embedded.state(home) is State.STOPPED
    assert not embedded.stop(home)
    assert embedded.ensure_running(home, FAST).started


def test_of_many_that_start_it_at_once_one_does(home: Path) -> None:
    with ThreadPoolExecutor(4) as threads:
        started = [running.started for running in threads.map(lambda _: embedded.ensure_running(home, FAST), range(4))]
    assert started.count(True) == 1


def test_nothing_in_a_home_that_does_not_exist_is_stopped_or_made(home: Path) -> None:
    assert not embedded.stop(home)
    assert not home.exists()


def test_it_is_durable_private_and_on_no_network_port(home: Path) -> None:
    running = embedded.ensure_running(home)
    with psycopg.connect(running.program_url) as connection:
        found = dict(connection.execute("SELECT name, setting FROM pg_settings").fetchall())
    assert [found[name] for name in ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")] == ["on"] * 4
    assert found["listen_addresses"] == ""
    assert stat.S_IMODE(socket_folder(home).stat().st_mode) == 0o700
    assert stat.S_IMODE(embedded.log_of(home).stat().st_mode) == 0o600


def test_the_program_owns_nothing_and_the_owner_is_no_superuser(home: Path) -> None:
    running = embedded.ensure_running(home, FAST)
    with psycopg.connect(running.program_url) as connection:
        roles = connection.execute(
            "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles "
            "WHERE rolname LIKE 'maillon%' ORDER BY 1"
        ).fetchall()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine ()")
    assert roles == [("maillon", False, False, False), ("maillon_owner", False, True, False)]


def test_what_was_committed_survives_a_killed_server_with_busy_clients(home: Path) -> None:
    remember(home, 1)
    with psycopg.connect(embedded.ensure_running(home, FAST).owner_url) as busy:
        busy.execute("INSERT INTO kept VALUES (2)")
        kill(home)
        assert embedded.state(home) is State.KILLED
        assert embedded.ensure_running(home, FAST).started
        busy.close()
    assert remembered(home) == [1]


def test_it_recovers_when_every_process_of_it_was_killed(home: Path) -> None:
    remember(home, 1)
    for pid in embedded.processes_in(embedded.data_of(home)):
        with suppress(ProcessLookupError):  # some end by themselves once the first is gone
            os.kill(pid, signal.SIGKILL)
    awaited(lambda: not embedded.processes_in(embedded.data_of(home)))
    assert remembered(home) == [1]


@pytest.mark.parametrize("other", ["a program of ours", "a zombie"])
def test_a_number_that_another_program_bears_now_is_not_taken_for_the_server(home: Path, other: str) -> None:
    remember(home, 1)
    killed = kill(home)
    embedded.end_orphans(home)
    words = "import sys; sys.stdin.read()" if other == "a program of ours" else ""
    with subprocess.Popen([sys.executable, "-c", words], stdin=subprocess.PIPE) as child:
        if not words:
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        for path in (embedded.data_of(home) / "postmaster.pid", *socket_folder(home).glob(".*.lock")):
            path.write_text(path.read_text().replace(str(killed), str(child.pid), 1))
        assert embedded.state(home) is State.KILLED
        assert remembered(home) == [1]
        child.communicate()


def test_the_folder_of_an_installation_is_closed_to_others(home: Path) -> None:
    embedded.ensure_running(home, FAST)
    assert stat.S_IMODE(home.stat().st_mode) & 0o066 == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
def test_the_folder_of_another_user_is_refused_by_name(home: Path) -> None:
    home.mkdir()
    os.chown(home, 65534, -1)
    with pytest.raises(embedded.ServerFailed, match=f"{home} belongs to nobody; run as nobody"):
        embedded.ensure_running(home)
    os.chown(home, 0, -1)


def test_half_a_data_folder_left_by_a_kill_is_made_anew(home: Path) -> None:
    (home / "postgres.part").mkdir(parents=True)
    (home / "postgres.part" / "PG_VERSION").write_text("18\n")
    assert embedded.ensure_running(home, FAST).started


def test_a_long_path_gets_a_private_socket_folder_that_is_recorded(home: Path) -> None:
    deep = home / ("d" * 60) / ("e" * 60)
    running = embedded.ensure_running(deep, FAST)
    folder = socket_folder(deep)
    try:
        with psycopg.connect(running.program_url) as connection:
            assert connection.execute("SELECT current_user").fetchone() == ("maillon",)
        assert (deep / "socket-folder").read_text() == str(folder)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        embedded.stop(deep)
        folder.rmdir()
