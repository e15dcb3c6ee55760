"""How long somebody looked, when a break is due, when looking is over and what passes: against a plain reading."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.kernel.errors import BadInput
from maillon.looking.policy import (
    STEPS,
    Limits,
    Look,
    LookingStopped,
    Standing,
    StepSkipped,
    check_step,
    day_begins,
    day_ends,
    limits,
    measured,
    passed,
    standing,
)
from maillon.rules.table import load

BEGIN = datetime(2026, 3, 3, 8, tzinfo=UTC)
RULES = Limits(
    break_after=timedelta(minutes=60),
    break_lasts=timedelta(minutes=10),
    day=timedelta(hours=5),
    closing=time(16),
    reveal_lasts=timedelta(minutes=10),
)


@st.composite
def looks(draw: st.DrawFn) -> list[Look]:
    """Looks of one day, to the second: some measured, some opened together."""
    found = []
    for _n in range(draw(st.integers(0, 12))):
        opened = BEGIN + timedelta(seconds=60 * draw(st.integers(0, 400)))
        lasts = draw(st.integers(0, 600))
        ends = opened + timedelta(seconds=lasts)
        if draw(st.booleans()):
            seen = draw(st.integers(0, lasts))
            found.append(Look(opened, ends, draw(st.integers(0, seen)), opened + timedelta(seconds=seen)))
        else:
            found.append(Look(opened, ends))
    return found


def plainly(found: list[Look], at: datetime) -> tuple[float, float]:
    """Seconds today and since the last break, read off the words of the rules."""
    spans = []
    for look in found:
        if look.seen_at is None:
            sharing = sum(1 for other in found if other.seen_at is None and other.opened_at == look.opened_at)
            until = max(min(look.ends_at, at), look.opened_at)
            spans.append((look.opened_at, until, (until - look.opened_at).total_seconds() / sharing))
        else:
            spans.append((look.opened_at, look.seen_at, look.seconds))
    begin = BEGIN
    for moment in sorted({opened for opened, _until, _seconds in spans}):
        before = [until for opened, until, _seconds in spans if opened < moment]
        if before and moment - max(before) >= RULES.break_lasts:
            begin = moment
    rested = all(at - until >= RULES.break_lasts for _opened, until, _seconds in spans)
    today = sum(seconds for _opened, _until, seconds in spans)
    return today, 0 if rested else sum(seconds for opened, _until, seconds in spans if opened >= begin)


@given(looks(), st.integers(0, 500))
def test_time_is_counted_as_a_plain_reading_of_the_rules_counts_it(found: list[Look], minutes: int) -> None:
    at = max([BEGIN + timedelta(minutes=minutes), *(look.opened_at for look in found)])
    seen = [look for look in found if look.seen_at is None or look.seen_at <= at]
    today, since = plainly(seen, at)
    got = standing(seen, RULES, at)
    assert got.today == pytest.approx(today, abs=1)
    assert got.since_break == pytest.approx(since, abs=1)
    assert got.pause is (got.since_break >= 3600)
    assert bool(got.stopped) is (got.today >= 5 * 3600 or at.astimezone(BRUSSELS).hour >= 16)


@given(looks(), st.integers(0, 500))
def test_what_nobody_measured_never_counts_longer_than_the_clock_or_than_it_was_shown(
    found: list[Look], minutes: int
) -> None:
    at = BEGIN + timedelta(minutes=minutes)
    together: dict[datetime, float] = {}
    for look in measured([look for look in found if look.seen_at is None], at):
        assert 0 <= look.seconds <= (look.ends_at - look.opened_at).total_seconds()
        together[look.opened_at] = together.get(look.opened_at, 0) + look.seconds
    for opened, seconds in together.items():
        assert seconds <= max((at - opened).total_seconds(), 0) + 1e-6


def an_hour(*, until: datetime = BEGIN + timedelta(hours=1)) -> list[Look]:
    """Looks of ten minutes, one after the other, for an hour."""
    begun = [until - timedelta(minutes=10 * n) for n in range(6, 0, -1)]
    return [Look(at, at + timedelta(minutes=10), 600, at + timedelta(minutes=10)) for at in begun]


def test_after_an_hour_a_break_is_due_and_after_a_break_it_is_not() -> None:
    end = BEGIN + timedelta(hours=1)
    assert standing(an_hour(), RULES, end).pause
    assert not standing(an_hour(), RULES, end - timedelta(seconds=1)).since_break > 3600
    assert standing(an_hour(), RULES, end + timedelta(minutes=9, seconds=59)).pause
    rested = standing(an_hour(), RULES, end + timedelta(minutes=10))
    assert (rested.pause, rested.since_break, rested.today) == (False, 0, 3600)


@pytest.mark.parametrize(
    ("at", "stopped"),
    [("14:59:59", ""), ("15:00:00", "closing"), ("22:59:59", "closing"), ("23:00:00", ""), ("03:00:00", "")],
)
def test_looking_is_over_from_the_closing_hour_of_brussels_until_midnight(at: str, stopped: str) -> None:
    moment = datetime.combine(date(2026, 3, 3), time.fromisoformat(at), UTC)  # an hour earlier than in Brussels
    assert standing([], RULES, moment).stopped == stopped


def test_five_hours_are_enough_for_a_day() -> None:
    many = [look for n in range(5) for look in an_hour(until=BEGIN + timedelta(hours=n + 1))]
    assert standing(many, RULES, BEGIN + timedelta(hours=5)).stopped == "day"
    assert standing(many[:-1], RULES, BEGIN + timedelta(hours=5)).stopped == ""


def test_a_leave_and_imminent_danger_pass_a_limit_and_nothing_else_does() -> None:
    free, over = Standing(0, 0, False, ""), Standing(18000, 0, False, "day")
    assert passed(free, let_on=False, imminent_danger=True) == ""
    assert passed(over, let_on=True, imminent_danger=True) == "let_on"
    assert passed(over, let_on=False, imminent_danger=True) == "imminent_danger"
    with pytest.raises(LookingStopped, match="ask somebody who may let you look on"):
        passed(over, let_on=False, imminent_danger=False)


@pytest.mark.parametrize("kind", STEPS)
def test_nobody_jumps_over_a_step(kind: str) -> None:
    for step in range(STEPS[kind]):
        for before in (None, *range(STEPS[kind])):
            if step == 0 or (before is not None and before >= step - 1):
                check_step(kind, step, before)
            else:
                with pytest.raises(StepSkipped):
                    check_step(kind, step, before)
    for step in (-1, STEPS[kind]):
        with pytest.raises(BadInput):
            check_step(kind, step, STEPS[kind])


def test_the_first_values_are_an_hour_five_hours_and_four_in_the_afternoon() -> None:
    rules = limits(date(2026, 3, 3))
    assert (rules.break_after, rules.day, rules.closing) == (timedelta(hours=1), timedelta(hours=5), time(16))
    assert {row.basis for row in load("exposure").rows} == {"assumed"}  # known at second hand


@given(st.integers(0, 366 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)))
def test_a_day_is_that_of_brussels_whatever_its_clocks_do(at: datetime) -> None:
    begins, ends = day_begins(at), day_ends(at)
    assert begins <= at < ends
    assert brussels_day(begins) == brussels_day(at) == brussels_day(ends - timedelta(microseconds=1))
