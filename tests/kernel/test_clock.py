"""The day on which rules are read and reports counted is the day in Brussels."""

from datetime import UTC, date, datetime

import pytest

from maillon.kernel.clock import FixedClock, SystemClock, brussels_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-01-01T22:59:59", "2026-01-01"),
        ("2026-01-01T23:00:00", "2026-01-02"),
        ("2026-07-01T21:59:59", "2026-07-01"),
        ("2026-07-01T22:00:00", "2026-07-02"),
        ("2026-03-28T23:30:00", "2026-03-29"),
        ("2026-10-25T22:59:59", "2026-10-25"),
    ],
)
def test_the_day_turns_at_midnight_in_brussels(moment: str, day: str) -> None:
    assert brussels_day(datetime.fromisoformat(moment).replace(tzinfo=UTC)) == date.fromisoformat(day)


def test_a_fixed_clock_stands_still_until_it_is_moved() -> None:
    clock = FixedClock(datetime(2026, 1, 1, tzinfo=UTC))
    assert clock.now() == clock.now() == datetime(2026, 1, 1, tzinfo=UTC)
    clock.at = datetime(2026, 1, 2, tzinfo=UTC)
    assert clock.now() == datetime(2026, 1, 2, tzinfo=UTC)


def test_the_machines_clock_is_aware() -> None:
    assert SystemClock().now().tzinfo is UTC
