"""Processes that kill themselves (SIGKILL) between two statements, at a passage drawn by chance.

As `python -m tests.crash.falling worker` a worker, as the WSGI application `tests.crash.falling:application` the site.
A passage is the moment before or after a statement, or a crash point of the program. `FALL_WITHIN` is the most
passages that one process lives for (0: it never falls); each fall leaves a byte in the file `FALLS`.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

from maillon.kernel import crash


class Fall:
    """Counts passages, and ends the process at one of them."""

    def __init__(self, within: int) -> None:
        self.left = random.Random(os.urandom(8)).randint(1, within) if within else 0

    def __call__(self, _where: str) -> None:
        self.left -= 1
        if self.left == 0:
            descriptor = os.open(os.environ["FALLS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
            os.write(descriptor, b".")
            os.kill(os.getpid(), signal.SIGKILL)


def between_statements(fall: Fall) -> None:
    """Pass `fall` around every statement of every connection, and at every crash point."""
    from django.db.backends.signals import connection_created

    def around(execute: Callable[..., Any], *given: Any) -> Any:
        fall("before")
        try:
            return execute(*given)
        finally:
            fall("after")

    def made(connection: Any, **_more: Any) -> None:
        if around not in connection.execute_wrappers:
            connection.execute_wrappers.append(around)

    connection_created.connect(made, weak=False)
    crash.install(fall)


def main() -> int:
    from maillon.ops.cli import main as command
    from maillon.ops.installation import load_django

    load_django()
    between_statements(Fall(int(os.environ["FALL_WITHIN"])))
    return command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())

if "FALLS" in os.environ:
    from maillon.web.wsgi import application as application

    between_statements(Fall(int(os.environ["FALL_WITHIN"])))
