"""The supervisor: what ends is started again, and nothing outlives it."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from maillon.ops.supervisor import Child, keep

WAIT = "import pathlib, os, signal, sys; pathlib.Path(sys.argv[1], str(os.getpid())).touch(); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + WAIT
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[2], sys.argv[1]]); " + WAIT
SUPERVISOR = """
import os, sys, threading
from maillon.ops.supervisor import Child, keep, stopped_by_signals
with stopped_by_signals() as stopping:
    keep([Child("child", (sys.executable, "-c", sys.argv[2], sys.argv[1]), os.environ)], stopping, print, lambda: None)
"""


def awaited(condition: Callable[[], object]) -> None:
    """Wait until the condition holds; fail after a minute."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def started(folder: Path) -> list[int]:
    return [int(path.name) for path in folder.iterdir()]


def lives(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


ENVIRON = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


def test_a_child_that_dies_is_said_and_started_again(tmp_path: Path) -> None:
    said: list[str] = []
    killed: list[int] = []
    stopping = threading.Event()

    def look() -> None:
        if started(tmp_path) and not killed:
            killed.extend(started(tmp_path))
            os.kill(killed[0], signal.SIGKILL)
        elif len(started(tmp_path)) == 2:
            stopping.set()

    keep([Child("child", (sys.executable, "-c", WAIT, str(tmp_path)), ENVIRON)], stopping, said.append, look)
    assert said == ["child ended (signal 9); it starts again in 0.5 s."]
    assert len(started(tmp_path)) == 2
    assert not any(map(lives, started(tmp_path)))


def test_what_a_child_started_ends_with_it(tmp_path: Path) -> None:
    stopping = threading.Event()
    words = (sys.executable, "-c", PARENT, str(tmp_path), STUBBORN)
    look = lambda: stopping.set() if len(started(tmp_path)) == 2 else None  # noqa: E731
    keep([Child("parent", words, ENVIRON)], stopping, print, look)
    awaited(lambda: not any(map(lives, started(tmp_path))))


def supervised(folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(folder), WAIT], env=ENVIRON)
    awaited(lambda: started(folder))
    return process


def test_ctrl_c_ends_the_children_and_then_the_supervisor(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert not lives(*started(tmp_path))


def test_the_children_of_a_killed_supervisor_end_too(tmp_path: Path) -> None:
    with supervised(tmp_path) as process:
        process.kill()
    awaited(lambda: not lives(*started(tmp_path)))
