"""Moments on the clock of Brussels, and the time that is left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from maillon.web.moments import left, moment, month_name, read_wall

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "language", "shown"),
    [
        (datetime(2017, 5, 12, 22, 30, tzinfo=UTC), "en", "13 May 2017, 00:30"),
        (datetime(2017, 1, 1, 12, 5, tzinfo=UTC), "fr", "1 janv. 2017, 13:05"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "nl", "29 mrt 2026, 03:00"),
        (datetime(2026, 10, 25, 1, 0, tzinfo=UTC), "de", "25 Okt. 2026, 02:00"),
    ],
)
def test_a_moment_is_that_of_brussels_in_the_page_s_language(at: datetime, language: str, shown: str) -> None:
    assert moment(at, language) == shown


@pytest.mark.parametrize(
    ("time", "shown"),
    [
        (timedelta(seconds=5), "1 minute left"),
        (timedelta(minutes=59, seconds=59), "59 minutes left"),
        (timedelta(hours=1), "1 hour left"),
        (timedelta(hours=47, minutes=59), "47 hours left"),
        (timedelta(days=2), "2 days left"),
        (-timedelta(hours=3), "late by 3 hours"),
    ],
)
def test_a_term_is_told_in_its_largest_unit_rounded_down(time: timedelta, shown: str) -> None:
    with override("en"):
        assert left(NOW + time, NOW) == shown


def test_a_month_has_a_name() -> None:
    assert month_name("2017-05", "nl") == "mei"


@pytest.mark.parametrize(
    ("day", "time", "read"),
    [
        ("2026-03-03", "11:00", datetime(2026, 3, 3, 10, tzinfo=UTC)),
        ("2026-03-29", "01:59", datetime(2026, 3, 29, 0, 59, tzinfo=UTC)),
        ("2026-03-29", "02:30", None),
        ("2026-03-29", "03:00", datetime(2026, 3, 29, 1, tzinfo=UTC)),
        ("2026-10-25", "02:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("2026-03-03", "25:00", None),
        ("2026-03-03", "11:00+00:00", None),
    ],
)
def test_what_a_form_sends_is_read_on_the_clock_of_brussels(day: str, time: str, read: datetime | None) -> None:
    found = read_wall(day, time)
    assert (found and found.astimezone(UTC)) == read
