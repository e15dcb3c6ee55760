"""Open a round of analysis for every item that needs an analyst."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.policy import ON_THE_CLOCK, urgency
from maillon.hotline.analysis.queries import latest_case, latest_cases, stated_of
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_items
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, as_json, run
from maillon.rules.terms import Term, escalated_at, term

OPEN = """
INSERT INTO analysis_case (house, id, item_id, round, state, opened_at, reported_at, due_at, due_rule, steps,
  escalate_at, scheme, version, code, outcome, flags, former, rule, urgency, urgency_rule)
SELECT %(house)s, g.id, g.item_id, g.round, 'waiting', %(at)s, g.reported_at, g.due, g.due_rule, 0,
  g.escalate, '', '', '', '', '{}', false, '', g.urgency, g.urgency_rule
FROM json_to_recordset(%(cases)s::json) AS g(id uuid, item_id uuid, round smallint, reported_at timestamptz,
  due timestamptz, due_rule text, escalate timestamptz, urgency smallint, urgency_rule text)
ON CONFLICT (house, item_id, round) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class _Round:
    """A round to be opened: of which item, and after which one; the report and the event that ask for it, if any."""

    item: Row
    before: Row | None
    report: UUID | None = None
    cause: UUID | None = None

    def number(self) -> int:
        return int(self.before["round"]) + 1 if self.before else 1


def open_cases(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """For every item reported anew or opened again: a case that waits for an analyst. Safe to repeat."""
    wanted = {h.item: h for h in handed if h.item}
    if not wanted:
        return
    with acting(by):
        check(by, Permission.RUN_WORK)
        locked = lock_items(item_ids=list(wanted))
        latest = latest_cases(item_ids=list(wanted))
        opening = [
            _Round(locked[item], latest.get(item), _report(said), said.uid)
            for item, said in wanted.items()
            if _opens(locked[item], latest.get(item))
        ]
        _open(opening, by, clock.now())


def current_case(*, item: Row, by: Actor, at: datetime) -> Row:
    """The item's latest case; a first one, or the next round, where no open case waits for a reopened item."""
    found = latest_case(item_id=item["id"])
    if found is None or _opens(item, found):
        _open([_Round(item, found)], by, at)
        found = latest_case(item_id=item["id"])
        assert found is not None
    return found


def _opens(item: Row, latest: Row | None) -> bool:
    """An open item needs a case unless one is waiting; an assessment may have come before this delivery did."""
    return latest is None or (item["state"] == "open" and latest["state"] == Case.SETTLED)


def _report(said: Handed) -> UUID | None:
    return UUID(said.body["report"]) if "report" in said.body else None


def _open(rounds: Sequence[_Round], by: Actor, at: datetime) -> None:
    if not rounds:
        return
    ids = uuid7s(at, len(rounds))
    stated = _stated(rounds)
    calm, grave = first_term(at, danger=False), first_term(at, danger=True)
    cases = []
    for id, each in zip(ids, rounds, strict=True):
        rule = urgency(stated.get(each.item["id"], frozenset()), brussels_day(at))
        due, escalate = grave if rule.number == ON_THE_CLOCK else calm
        cases.append(
            {
                "id": id,
                "item_id": each.item["id"],
                "round": each.number(),
                "reported_at": each.item["reported_at"],
                "due": due.due,
                "due_rule": due.rule.ref,
                "escalate": escalate,
                "urgency": rule.number,
                "urgency_rule": rule.ref,
            }
        )
    run(OPEN, {"house": by.house, "at": at, "cases": as_json(cases)})
    point("open: cases written")
    news = [
        NewEvent(
            kind=events.OPENED,
            item=each.item["id"],
            body={"case": str(id), "round": each.number()},
            happened_at=at,
            cause=each.cause,
            rule=case["due_rule"],
        )
        for id, each, case in zip(ids, rounds, cases, strict=True)
    ]
    record(news, by=by, at=at)
    point("open: recorded")


def first_term(at: datetime, *, danger: bool) -> tuple[Term, datetime | None]:
    """Within what time a first opinion is due from `at`, and when lateness is escalated.

    Sources: rules/tables/decide_within.toml, escalate.toml
    """
    due = term("decide_within", at, what="first_opinion", danger="yes" if danger else "no")
    return due, escalated_at("case", due.due, danger=danger)


def _stated(rounds: Sequence[_Round]) -> Mapping[UUID, frozenset[str]]:
    """What the reports of each item say of its urgency: those since the last round was settled."""
    since = {each.item["id"]: each.before["settled_at"] if each.before else None for each in rounds}
    with as_program():
        return stated_of(since=since, reports=[each.report for each in rounds if each.report])
