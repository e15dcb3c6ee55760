"""A child process that kills itself at a crash point, as a power cut or an operator would."""

import os
import signal
import traceback
from collections.abc import Callable

from maillon.kernel import crash

KILLED = -signal.SIGKILL


def run(work: Callable[[], object], *, kill_at: tuple[str, int] | None = None) -> tuple[int, list[str]]:
    """Do the work in a forked child, killed at the n-th passage of a point: its exit code, and the points it passed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(reader)
            _install(writer, kill_at)
            work()
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as passed:
        points = passed.read().splitlines()
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), points


def passages(work: Callable[[], object]) -> list[tuple[str, int]]:
    """Every point the work passes, and for the how-manieth time, when nobody kills it."""
    code, points = run(work)
    assert code == 0
    return [(point, points[: n + 1].count(point)) for n, point in enumerate(points)]


def _install(writer: int, kill_at: tuple[str, int] | None) -> None:
    times: dict[str, int] = {}

    def hook(name: str) -> None:
        times[name] = times.get(name, 0) + 1
        os.write(writer, f"{name}\n".encode())
        if (name, times[name]) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    crash.install(hook)
