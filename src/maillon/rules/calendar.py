"""Terms: Belgian working days and hours, and hours on the clock, across daylight-saving changes.

Clock hours are time that really passes. Working hours and days are Brussels wall time: opening hours come
from the table `working_hours`, holidays from the `holidays` library (Belgium, public).
"""

from collections.abc import Callable, Container, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property

import holidays

from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput
from maillon.rules.table import Table, load

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Hours = tuple[tuple[time, time], ...]


class WorkingTime:
    """When people work: opening hours by kind of day, and the days that are holidays."""

    def __init__(self, hours: Table, days_off: Container[date]) -> None:
        self._table = hours
        self._days_off = days_off
        self._known: dict[date, Hours] = {}

    def hours(self, day: date) -> Hours:
        """The opening hours of a day, in Brussels wall time; empty where nobody works."""
        if day not in self._known:
            kind = "holiday" if day in self._days_off else DAY_NAMES[day.weekday()]
            spans = (span.split("-") for span in self._table.row(day, day=kind).texts)
            self._known[day] = tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)
        return self._known[day]

    def add_clock_hours(self, start: datetime, hours: int) -> datetime:
        """The UTC moment `hours` of real time after `start`."""
        return _utc(start) + timedelta(hours=_count(hours))

    def add_days(self, start: datetime, days: int) -> datetime:
        """The UTC moment `days` calendar days after `start`, at the same Brussels wall time."""
        return _moment(_wall(start) + timedelta(days=_count(days))) if days else _utc(start)

    def add_working_hours(self, start: datetime, hours: int) -> datetime:
        """The UTC moment at which `hours` of working time have passed; `start` itself for none."""
        left = timedelta(hours=_count(hours))
        if not left:
            return _utc(start)
        for opens, closes in self._spans(_wall(start)):
            if closes - opens >= left:
                return _moment(opens + left)
            left -= closes - opens
        raise BadInput("The table working_hours has no hours left to count; add rows to it.")

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The UTC moment on the `days`-th following working day, at the wall time of `start`.

        What arrives outside working time counts as arriving when work next begins; `start` itself for none.
        """
        if not _count(days):
            return _utc(start)
        begins, _ = next(self._spans(_wall(start)))
        day = begins.date()
        for _ in range(days):
            day += timedelta(days=1)
            while not self.hours(day):
                day += timedelta(days=1)
        return _moment(datetime.combine(day, begins.time()))

    def due(self, start: datetime, amount: int, unit: str) -> datetime:
        """The UTC moment `amount` units after `start`; units: clock_hours, working_hours, working_days, days.

        Raises BadInput where the unit is unknown, the amount negative or `start` without its offset.
        """
        if unit not in self._units:
            raise BadInput(f"A term cannot be counted in {unit!r}; use one of {', '.join(self._units)}.")
        return self._units[unit](start, amount)

    @cached_property
    def _units(self) -> dict[str, Callable[[datetime, int], datetime]]:
        return {
            "clock_hours": self.add_clock_hours,
            "working_hours": self.add_working_hours,
            "working_days": self.add_working_days,
            "days": self.add_days,
        }

    def _spans(self, wall: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The stretches of working time from `wall` on, the first one cut short by it."""
        day = wall.date()
        while True:
            for opens, closes in self.hours(day):
                end = datetime.combine(day, closes)
                if end > wall:
                    yield max(datetime.combine(day, opens), wall), end
            day += timedelta(days=1)


@cache
def belgian() -> WorkingTime:
    """The working time of the hotline and the Belgian authorities."""
    return WorkingTime(load("working_hours"), holidays.country_holidays("BE"))


def add_clock_hours(start: datetime, hours: int) -> datetime:
    return belgian().add_clock_hours(start, hours)


def add_working_hours(start: datetime, hours: int) -> datetime:
    return belgian().add_working_hours(start, hours)


def add_working_days(start: datetime, days: int) -> datetime:
    return belgian().add_working_days(start, days)


def due(start: datetime, amount: int, unit: str) -> datetime:
    """The moment a term in Belgian working time ends; see WorkingTime.due."""
    return belgian().due(start, amount, unit)


def _count(amount: int) -> int:
    if amount < 0:
        raise BadInput(f"A term of {amount} runs backwards; give 0 or more.")
    return amount


def _utc(start: datetime) -> datetime:
    if start.tzinfo is None:
        raise BadInput(f"The moment {start.isoformat()} has no offset from UTC; give it one.")
    return start.astimezone(UTC)


def _wall(start: datetime) -> datetime:
    return _utc(start).astimezone(BRUSSELS).replace(tzinfo=None)


def _moment(wall: datetime) -> datetime:
    return wall.replace(tzinfo=BRUSSELS).astimezone(UTC)
