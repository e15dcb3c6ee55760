"""Terms: from a rule table's {amount, unit} to the moment something is due, and the steps that follow lateness."""

from datetime import datetime, timedelta
from typing import NamedTuple

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


def grace(at: datetime) -> timedelta:
    """How long a decision waits, so that a person can undo it. Source: rules/tables/grace.toml"""
    return timedelta(seconds=load("grace").row(on=brussels_day(at)).number)
