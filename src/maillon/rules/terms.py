"""Terms: from a rule table's {amount, unit} to the moment something is due, and the steps that follow lateness."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NoRule
from maillon.rules.calendar import due
from maillon.rules.table import Row, load


class Term(NamedTuple):
    """When something is due, and the rule that says so."""

    due: datetime
    rule: Row


class Step(NamedTuple):
    """When a lateness is escalated, to which role, and the rule that says so."""

    at: datetime
    to: str
    rule: Row


class Taken(NamedTuple):
    """A step that is taken: its number, the role it reaches, the rule that says so; when the following one is due."""

    number: int
    to: str
    rule: str
    following: datetime | None


def term(table: str, start: datetime, **key: str) -> Term:
    """The term that `table` gives from `start`, read on the Brussels day of `start`. Raises NoRule."""
    row = load(table).row(on=brussels_day(start), **key)
    return Term(due(start, row.fields["amount"], row.fields["unit"]), row)


def escalation(subject: str, number: int, after: datetime, *, danger: bool) -> Step | None:
    """Step `number` (from 1) of a lateness, counted from `after` (the due moment, then the step before).

    None where the table has no such step. Source: rules/tables/escalate.toml
    """
    key = {"subject": subject, "step": str(number), "danger": "yes" if danger else "no"}
    try:
        row = load("escalate").row(on=brussels_day(after), **key)
    except NoRule:
        return None
    return Step(due(after, row.fields["amount"], row.fields["unit"]), row.fields["to"], row)


def escalated_at(subject: str, due_at: datetime, *, danger: bool) -> datetime | None:
    """When what is due at `due_at` is first escalated, should it be late; None where the table has no step."""
    first = escalation(subject, 1, due_at, danger=danger)
    return first.at if first else None


def next_step(subject: str, late: Mapping[str, Any], *, danger: bool) -> Taken:
    """The step that is taken now of what is late: a row with `steps` (taken so far), `due_at` and `escalate_at`."""
    number = int(late["steps"]) + 1
    step = escalation(subject, number, late["due_at"] if number == 1 else late["escalate_at"], danger=danger)
    following = escalation(subject, number + 1, late["escalate_at"], danger=danger)
    return Taken(number, step.to if step else "", step.rule.ref if step else "", following.at if following else None)


def grace(at: datetime) -> timedelta:
    """How long a decision waits, so that a person can undo it. Source: rules/tables/grace.toml"""
    return timedelta(seconds=load("grace").row(on=brussels_day(at)).number)
