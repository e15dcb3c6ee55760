"""Does in one installation what it is asked, in forked children: Django is loaded once and no connection is open then.

One request a line on stdin, one answer a line on stdout. `{"words": […]}` runs a maillon command, or `act NAME …` one
of `apart.ACTS`, to its end: its `code` and what it `said`. With `"stays": true` it goes on, and its `pid` is answered;
`{"pid": …}` waits for its end.
"""

import json
import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

from maillon.ops.cli import main
from maillon.ops.installation import current, prepare
from tests.crash.runner import load


def child(words: Sequence[str], said: int) -> int:
    """Do it; what it prints goes to `said`, what it complains of where the runner complains."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(said, 1)
    if words[0] != "act":
        return main(words)
    from tests.journeys.apart import ACTS

    prepare(current())
    ACTS[words[1]](*words[2:])
    return 0


def forked(words: Sequence[str], said: int) -> int:
    """The number of a process that does it."""
    pid = os.fork()
    if pid:
        return pid
    code = 70
    try:
        code = child(words, said)
    except BaseException as error:
        os.write(2, f"{error!r}\n".encode())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def ended(pid: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def answer(request: dict[str, Any], staying: set[int]) -> dict[str, Any]:
    if pid := request.get("pid"):
        staying.remove(pid)
        return {"code": ended(pid)}
    if request.get("stays"):
        pid = forked(request["words"], 2)
        staying.add(pid)
        return {"pid": pid}
    with tempfile.TemporaryFile() as said:
        code = ended(forked(request["words"], said.fileno()))
        said.seek(0)
        return {"code": code, "said": said.read().decode()}


def serve() -> None:
    staying = set[int]()
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line), staying)), flush=True)
    for pid in staying:
        os.kill(pid, signal.SIGTERM)
        ended(pid)


if __name__ == "__main__":
    load()
    import tests.journeys.apart  # noqa: F401  (what it imports is loaded once, too)

    serve()
