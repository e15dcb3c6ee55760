"""Time as an argument: services receive moments, only doors read a clock."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

BRUSSELS = ZoneInfo("Europe/Brussels")


class Clock(Protocol):
    """Something that can be asked what time it is; answers an aware UTC moment."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests, replays and former records."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def brussels_day(at: datetime) -> date:
    """The calendar day in Brussels of an aware moment: the day on which rules are read and reports counted."""
    return at.astimezone(BRUSSELS).date()
