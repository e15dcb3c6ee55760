"""How long somebody has looked, whether a break is due, whether looking is over for the day, and what passes. Pure.

What was measured counts as measured. What nobody measured (a browser without scripts) counts from its opening until
the next act, the end of what was revealed, or now, whichever comes first, shared by what was opened together.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.kernel.errors import BadInput, ForbiddenStep
from maillon.rules.table import load

STEPS = {"image": 4, "video": 4, "text": 1}
"""How many steps there are, by kind: small, blurred and grey; small and grey; large and grey; large, in colour."""

DAY, CLOSING = "day", "closing"
LET_ON, IMMINENT_DANGER = "let_on", "imminent_danger"


class LookingStopped(ForbiddenStep):
    """Looking is over for today: somebody who may let you look on, or another person, goes on with it."""


class StepSkipped(ForbiddenStep):
    """A step is shown to whom the step before it is shown."""


@dataclass(frozen=True, slots=True)
class Look:
    """One reveal as far as time goes: `seconds` were measured until `seen_at`; None where nothing was."""

    opened_at: datetime
    ends_at: datetime
    seconds: float = 0
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The rules of one day; lengths of time, and the hour in Brussels at which looking ends."""

    break_after: timedelta
    break_lasts: timedelta
    day: timedelta
    closing: time
    reveal_lasts: timedelta


@dataclass(frozen=True, slots=True)
class Standing:
    """Seconds looked today, and since the last break; whether a break is due; why looking is over (`""`: it is not)."""

    today: int
    since_break: int
    pause: bool
    stopped: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a door knows of an item when somebody looks: the severity last stated, and whether somebody is in danger.

    The door reads both from the house's own rows, never from what a browser sends.
    """

    severity: int | None = None
    imminent_danger: bool = False


def limits(on: date) -> Limits:
    """The limits in force on a day. Source: rules/tables/exposure.toml"""
    table = load("exposure")

    def minutes(limit: str) -> timedelta:
        return timedelta(minutes=table.row(on=on, limit=limit).number)

    return Limits(
        break_after=minutes("break_after"),
        break_lasts=minutes("break_lasts"),
        day=minutes("day"),
        closing=time.fromisoformat(table.row(on=on, limit="closing").text),
        reveal_lasts=minutes("reveal_lasts"),
    )


def day_begins(at: datetime) -> datetime:
    """When the day of `at` began in Brussels."""
    return datetime.combine(brussels_day(at), time(), BRUSSELS)


def day_ends(at: datetime) -> datetime:
    """When the day of `at` ends in Brussels."""
    return datetime.combine(brussels_day(at) + timedelta(days=1), time(), BRUSSELS)


def measured(looks: Iterable[Look], at: datetime) -> list[Look]:
    """The looks in the order they were opened, those that nobody measured with what they count at `at`."""
    found = sorted(looks, key=lambda look: look.opened_at)
    together = Counter(look.opened_at for look in found if look.seen_at is None)
    return [look if look.seen_at else _counted(look, at, together[look.opened_at]) for look in found]


def _counted(look: Look, at: datetime, sharing: int) -> Look:
    until = max(look.opened_at, min(look.ends_at, at))
    return Look(look.opened_at, look.ends_at, (until - look.opened_at).total_seconds() / sharing, until)


def standing(looks: Iterable[Look], rules: Limits, at: datetime) -> Standing:
    """Where somebody stands at `at`, of whom `looks` are the looks of that day in Brussels."""
    today = since_break = 0.0
    last = None
    for look in measured(looks, at):
        if last is not None and look.opened_at - last >= rules.break_lasts:
            since_break = 0.0
        today += look.seconds
        since_break += look.seconds
        last = max(last or look.opened_at, look.seen_at or look.opened_at)
    if last is None or at - last >= rules.break_lasts:
        since_break = 0.0
    stopped = DAY if today >= rules.day.total_seconds() else CLOSING if closed(rules, at) else ""
    return Standing(int(today), int(since_break), since_break >= rules.break_after.total_seconds(), stopped)


def closed(rules: Limits, at: datetime) -> bool:
    """Whether it is past the closing hour in Brussels."""
    return at.astimezone(BRUSSELS).time() >= rules.closing


def passed(found: Standing, *, let_on: bool, imminent_danger: bool) -> str:
    """What lets somebody look in spite of a limit; `""` where none is reached. Raises LookingStopped."""
    if not found.stopped:
        return ""
    if let_on:
        return LET_ON
    if imminent_danger:
        return IMMINENT_DANGER
    raise LookingStopped(
        "You looked enough for today: ask somebody who may let you look on, or leave it to somebody else."
    )


def check_step(kind: str, step: int, before: int | None) -> None:
    """Raise BadInput where there is no such step, StepSkipped unless `before`, the step that stands, is next to it."""
    if not 0 <= step < STEPS[kind]:
        raise BadInput(f"There is no step {step} of a {kind}; choose one from 0 to {STEPS[kind] - 1}.")
    if step > 0 and (before is None or before < step - 1):
        raise StepSkipped("Look at the step before this one first; each is asked for by itself.")
