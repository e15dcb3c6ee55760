"""The pace of one source (generic cell rate algorithm, virtual scheduling): who is over it waits, nobody is refused.

Pure. `due` is the moment up to which a source has used its pace; a source that is new, or was quiet, is due at once.
Source: ITU-T I.371, annex A.
"""

import math
from typing import NamedTuple


class Pace(NamedTuple):
    """One in `interval` seconds, in the long run; `burst` at once after a pause, `busy_burst` while the site is busy.

    `held` is how many places in the future are kept for one source; who comes after them asks again later.
    """

    interval: float
    burst: int
    busy_burst: int
    held: int


class Turn(NamedTuple):
    """When it is the source's turn: after `wait` seconds (0: now). `held`: that place is kept for it.

    `over` counts how many are before it.
    """

    wait: float
    held: bool
    over: int


NOW = Turn(0.0, True, 0)


def turn(pace: Pace, *, due: float, now: float, busy: bool) -> tuple[Turn, float]:
    """The turn of a request made at `now` (seconds), and the source's new `due`."""
    due = max(due, now)
    at_once = pace.busy_burst if busy else pace.burst
    wait = due - now - (at_once - 1) * pace.interval
    if wait <= 0:
        return NOW, due + pace.interval
    over = math.ceil(wait / pace.interval)
    if over > pace.held:
        return Turn(pace.held * pace.interval, False, over), due
    return Turn(wait, True, over), due + pace.interval
