"""Runs maillon commands in forked children that kill themselves at the n-th passage of a crash point.

One request a line on stdin, `{"words": [...], "kill_at": [point, n] or null}`; one answer a line on stdout. Django is
loaded once and no connection is open when a child is forked. `words` are a command's; or `["later", SECONDS]`: a drain
under a clock that is ahead by so much, as if that time had passed; or `["tell", WAY, …]`: see `telling.py`; or one
of `acts.ACTS`.
"""

import json
import os
import signal
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pkgutil import iter_modules
from typing import Any

from maillon.kernel import crash
from maillon.kernel.clock import SystemClock
from maillon.ops import commands
from maillon.ops.cli import Commands, main
from maillon.ops.installation import current, load_django, prepare
from maillon.rules.calendar import add_working_days


class Ahead:
    """A clock that is ahead of the machine's."""

    def __init__(self, seconds: float) -> None:
        self._by = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return SystemClock().now() + self._by


def later(seconds: float) -> int:
    from maillon.ops.work import Tally, drain, tools  # its models need Django loaded

    prepare(current())
    drain(current().houses, tools(current(), Ahead(seconds), demo=True), Tally(), skip_grace=True)
    return 0


def tell(ways: Sequence[str]) -> int:
    from tests.crash.telling import WAYS

    prepare(current())
    for way in ways:
        WAYS[way]()
    return 0


def child(request: dict[str, Any], passed: int, said: int) -> int:
    """Do one request; every point passed is written down before the process may be killed at it."""
    os.dup2(said, 1)
    os.dup2(said, 2)
    times, kill_at, lock = Counter[str](), request["kill_at"], threading.Lock()

    def hook(name: str) -> None:
        with lock:  # of several threads
            times[name] += 1
            os.write(passed, f"{name}\n".encode())
            if [name, times[name]] == kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    crash.install(hook)
    words = request["words"]
    if words[0] == "tell":
        return tell(words[1:])
    if words[0] == "act":
        from tests.crash.acts import act

        return act(words[1:])
    return later(float(words[1])) if words[0] == "later" else main(words)


def serve(request: dict[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryFile() as passed, tempfile.TemporaryFile() as said:
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                code = child(request, passed.fileno(), said.fileno())
            except BaseException as error:
                os.write(said.fileno(), repr(error).encode())
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        passed.seek(0)
        said.seek(0)
        return {"code": code, "points": passed.read().decode().splitlines(), "said": said.read().decode()}


def load() -> None:
    """Load every command's module, and what is slow to compute and kept: the calendar of Belgian holidays."""
    load_django()
    add_working_days(SystemClock().now(), 1)
    group = Commands()
    for found in iter_modules(commands.__path__):
        group.get_command(None, found.name.rstrip("_"))  # type: ignore[arg-type]


if __name__ == "__main__":
    load()
    for line in sys.stdin:
        print(json.dumps(serve(json.loads(line))), flush=True)
