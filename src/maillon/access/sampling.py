"""Which events of a week oversight reviews: a draw that anybody can repeat with its seed. Pure.

Each event's rank is SHA-256 of the seed and its number; the lowest ranks are drawn. Nobody who does not know the seed
can tell which events will be drawn, and the seed is made after the week is over.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from maillon.kernel.clock import BRUSSELS, brussels_day

SEED = 32
"""Bytes of a seed."""

WEEK = timedelta(days=7)
SETTLED = timedelta(hours=1)
"""How long after a week's end it is drawn from: what was being recorded at midnight stands by then."""


def draw(*, seed: bytes, ids: Iterable[int], size: int) -> list[int]:
    """`size` of the events numbered `ids`, all of them where there are no more, in the order of their numbers."""
    return sorted(sorted(set(ids), key=lambda id: rank(seed, id))[: max(size, 0)])


def rank(seed: bytes, id: int) -> bytes:
    """The place of an event in the draw: SHA-256 of the seed followed by its number, 8 bytes, big-endian."""
    return hashlib.sha256(seed + id.to_bytes(8, "big")).digest()


def last_whole_week(at: datetime) -> date:
    """The Monday of the last week that is over, by the calendar of Brussels."""
    today = brussels_day(at - SETTLED)
    return today - timedelta(days=today.weekday()) - WEEK


def span(week: date) -> tuple[datetime, datetime]:
    """The first moment of the week that begins on the Monday `week`, and the first one after it."""
    first, after = (datetime.combine(day, time(), BRUSSELS) for day in (week, week + WEEK))
    return first, after
