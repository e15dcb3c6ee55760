from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput
from maillon.rules.calendar import add_clock_hours, add_working_days, add_working_hours, belgian, due

MINUTE = timedelta(minutes=1)
DAYS_OFF = holidays.country_holidays("BE", years=range(2015, 2041))

minutes_of_ten_years = st.integers(0, 10 * 366 * 24 * 60).map(lambda n: datetime(2020, 1, 1, tzinfo=UTC) + n * MINUTE)
moments = st.datetimes(
    datetime.fromisoformat("2016-01-01"), datetime.fromisoformat("2036-01-01"), timezones=st.just(UTC)
)


def works(wall: datetime) -> bool:
    """The plain reference: whether somebody works in the minute that begins at `wall` (Brussels)."""
    return wall.weekday() < 5 and wall.date() not in DAYS_OFF and time(9) <= wall.time() < time(17)


def wall_of(moment: datetime) -> datetime:
    return moment.astimezone(BRUSSELS).replace(tzinfo=None)


def stepping_hours(start: datetime, hours: int) -> datetime:
    wall, left = wall_of(start), hours * 60
    while left:
        left -= works(wall)
        wall += MINUTE
    return wall.replace(tzinfo=BRUSSELS)


def stepping_days(start: datetime, days: int) -> datetime:
    wall = wall_of(start)
    while not works(wall):
        wall += MINUTE
    at = wall.time()
    while days:
        wall += MINUTE
        days -= wall.time() == at and works(wall)
    return wall.replace(tzinfo=BRUSSELS)


@given(start=minutes_of_ten_years, hours=st.integers(1, 30))
def test_working_hours_are_those_that_stepping_minute_by_minute_counts(start: datetime, hours: int) -> None:
    assert add_working_hours(start, hours) == stepping_hours(start, hours)


@given(start=minutes_of_ten_years, days=st.integers(1, 6))
def test_working_days_are_those_that_stepping_minute_by_minute_counts(start: datetime, days: int) -> None:
    assert add_working_days(start, days) == stepping_days(start, days)


@given(start=moments, first=st.integers(1, 40), second=st.integers(1, 40))
def test_working_hours_add_up(start: datetime, first: int, second: int) -> None:
    assert add_working_hours(add_working_hours(start, first), second) == add_working_hours(start, first + second)


@given(start=moments, later=st.timedeltas(timedelta(0), timedelta(days=9)), amount=st.integers(0, 40))
@pytest.mark.parametrize("unit", ["clock_hours", "working_hours"])
def test_what_begins_later_is_never_due_sooner(unit: str, start: datetime, later: timedelta, amount: int) -> None:
    assert due(start, amount, unit) <= due(start + later, amount, unit)


@given(start=moments, amount=st.integers(1, 40))
@pytest.mark.parametrize("unit", ["working_hours", "working_days"])
def test_a_working_term_ends_in_working_time_and_after_its_start(unit: str, start: datetime, amount: int) -> None:
    end = due(start, amount, unit)
    assert end > start
    assert end.tzinfo is UTC
    assert works(wall_of(end - timedelta(microseconds=1 if unit == "working_hours" else 0)))


@given(start=moments, hours=st.integers(0, 5000))
def test_clock_hours_are_time_that_really_passes(start: datetime, hours: int) -> None:
    assert add_clock_hours(start.astimezone(BRUSSELS), hours) - start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "amount", "unit", "end"),
    [
        # The clock goes forward in the night to 29 March 2026, and back in the night to 25 October.
        ("2026-03-28T12:00+01:00", 24, "clock_hours", "2026-03-29T13:00+02:00"),
        ("2026-10-24T12:00+02:00", 24, "clock_hours", "2026-10-25T11:00+01:00"),
        ("2026-03-27T16:00+01:00", 2, "working_hours", "2026-03-30T10:00+02:00"),
        ("2026-10-23T16:00+02:00", 1, "working_days", "2026-10-26T16:00+01:00"),
        ("2026-03-28T02:30+01:00", 1, "days", "2026-03-29T03:30+02:00"),
        # Easter Monday, 6 April 2026; Christmas on a Friday.
        ("2026-04-03T12:00+02:00", 1, "working_days", "2026-04-07T12:00+02:00"),
        ("2026-12-24T16:30+01:00", 1, "working_hours", "2026-12-28T09:30+01:00"),
        # A working hour may end when work ends; what comes in after that begins with the next working day.
        ("2026-11-20T16:00+01:00", 1, "working_hours", "2026-11-20T17:00+01:00"),
        ("2026-11-20T17:00+01:00", 1, "working_days", "2026-11-24T09:00+01:00"),
        ("2026-11-20T06:00+01:00", 1, "working_days", "2026-11-23T09:00+01:00"),
        ("2026-11-21T10:00+01:00", 0, "working_days", "2026-11-21T10:00+01:00"),
    ],
)
def test_terms_of_known_days(start: str, amount: int, unit: str, end: str) -> None:
    assert due(datetime.fromisoformat(start), amount, unit) == datetime.fromisoformat(end)


def test_legal_holidays_are_not_worked() -> None:
    legal_2017 = ["01-01", "04-17", "05-01", "05-25", "06-05", "07-21", "08-15", "11-01", "11-11", "12-25"]
    assert all(belgian().hours(date.fromisoformat(f"2017-{day}")) == () for day in legal_2017)
    assert belgian().hours(date(2017, 5, 15)) == ((time(9), time(17)),)


@pytest.mark.parametrize(
    "asked",
    [
        lambda: due(datetime(2026, 1, 1, tzinfo=UTC), 1, "fortnights"),
        lambda: due(datetime(2026, 1, 1, tzinfo=UTC), -1, "working_hours"),
        lambda: due(datetime.fromisoformat("2026-01-01"), 1, "clock_hours"),
    ],
)
def test_a_term_that_cannot_be_counted_is_refused(asked: Callable[[], datetime]) -> None:
    with pytest.raises(BadInput):
        asked()
