"""The agreed terms beside the times: what adds up from a report to each step, in an ordinary week."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import NoRule
from maillon.rules.table import Row
from maillon.rules.terms import term

STEPS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("first_opinion", "decide_within", {"what": "first_opinion", "danger": "no"}),
    ("settled", "", {}),
    ("sent", "send_within", {"partner_kind": "federal_police", "danger": "no"}),
    ("acknowledged", "acknowledge_within", {"partner_kind": "federal_police", "danger": "no"}),
)
"""The path of an item that takes one opinion, carries no danger and goes to the federal police."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """Seconds from the report to a step where every term on the way is used up, and the rules that say so."""

    seconds: int
    rules: tuple[Row, ...]


def agreed(year: int) -> dict[str, Agreed]:
    """Each step that has an agreed term at the end of `year`; from the first without a rule on, none has."""
    start = ordinary_monday(year)
    moment, rules, found = start, list[Row](), dict[str, Agreed]()
    for step, table, key in STEPS:
        if table:
            try:
                next_term = term(table, moment, **key)
            except NoRule:
                break
            moment, rules = next_term.due, [*rules, next_term.rule]
        found[step] = Agreed(int((moment - start).total_seconds()), tuple(rules))
    return found


def ordinary_monday(year: int) -> datetime:
    """Ten o'clock in Brussels on the first Monday of December: no Belgian holiday is in the days after it."""
    first = date(year, 12, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    return datetime.combine(monday, time(10), BRUSSELS).astimezone(UTC)
