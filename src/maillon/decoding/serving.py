"""The helper's side: what a process that may die does from its first moment to its last."""

import os
import signal
from collections.abc import Callable
from typing import Any

from maillon.decoding.frames import Ended, Frame, Garbage, receive, send

Answer = Callable[[Frame], Frame]
Prepare = Callable[[dict[str, Any]], Answer]


def serve(prepare: Prepare) -> None:
    """Be told on standard input how to prepare, say that it is done, answer frame after frame until nobody asks.

    `prepare` imports, warms up and confines the process; what it raises is told before the first frame is taken.
    Whatever else libraries print goes nowhere. A frame's `seconds` end the process by themselves, so that one whose
    parent is gone does not go on for ever.
    """
    asked, answers = _pipes()
    try:
        limit = (told := receive(asked, limit=0).header)["asked_bytes"]
        answer = prepare(told)
    except Exception as error:
        send(answers, Frame({"failed": str(error) or type(error).__name__}))
        return
    send(answers, Frame({"ready": os.getpid()}))
    while True:
        try:
            frame = receive(asked, limit=limit)
            signal.setitimer(signal.ITIMER_REAL, frame.header["seconds"] + 1)
            send(answers, answer(frame))
            signal.setitimer(signal.ITIMER_REAL, 0)
        except (Ended, Garbage):
            return


def _pipes() -> tuple[int, int]:
    """Standard input and output under other numbers; what writes to the usual ones writes into nothing."""
    asked, answers = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(nothing, number)
    os.close(nothing)
    return asked, answers
