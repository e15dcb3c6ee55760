"""A case becomes more urgent when another report says so, or what was fetched is known."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.opening import first_term
from maillon.hotline.analysis.policy import ON_THE_CLOCK, known_urgency, urgency
from maillon.hotline.analysis.queries import latest_cases, stated_in
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_items
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import as_json, run
from maillon.rules.table import Row

RAISE = """
UPDATE analysis_case c SET urgency = g.urgency, urgency_rule = g.rule
FROM json_to_recordset(%s::json) AS g(id uuid, urgency smallint, rule text) WHERE c.id = g.id
"""

HASTEN = """
UPDATE analysis_case SET due_at = %(due)s, due_rule = %(rule)s, steps = 0, escalate_at = %(escalate)s
WHERE id = ANY(%(ids)s) AND state = 'waiting' AND (due_at IS NULL OR due_at > %(due)s)
"""


def note_urgency(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Where a report that joins an open case states more than was known, the case moves up; never down. Safe to repeat.

    What a person set lower moves up too: the report is new. Where somebody is in danger now, a first opinion that is
    still awaited is due on the clock. Sources: rules/tables/urgency.toml, decide_within.toml
    """
    at = clock.now()
    joined: dict[UUID, list[Handed]] = {}
    for said in handed:
        if said.item:
            joined.setdefault(said.item, []).append(said)
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=list(joined))
        with as_program():
            stated = stated_in(reports=[UUID(said.body["report"]) for said in handed])
        rules = {}
        for item, reports in joined.items():
            words = frozenset().union(*(stated.get(UUID(said.body["report"]), frozenset()) for said in reports))
            rules[item] = urgency(words, brussels_day(at)), reports[-1].uid
        _raise(rules, by, at)


def note_known(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Where known content was found beyond chance among what was fetched, an open case moves up; never down.

    Safe to repeat. Source: rules/tables/known.toml
    """
    at = clock.now()
    clear = {found.item: found for found in handed if found.item and (found.body["equal"] or found.body["alike"])}
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=list(clear))
        rules = {
            item: (known_urgency(equal=bool(found.body["equal"]), on=brussels_day(at)), found.uid)
            for item, found in clear.items()
        }
        _raise(rules, by, at)


def _raise(rules: Mapping[UUID, tuple[Row, UUID]], by: Actor, at: datetime) -> None:
    """Raise the open cases of these items to what the rule says, each with the event that causes it."""
    cases = latest_cases(item_ids=list(rules))
    raised, news = [], []
    for item, (rule, cause) in rules.items():
        case = cases.get(item)
        if case is None or case["state"] == Case.SETTLED or rule.number >= case["urgency"]:
            continue
        raised.append({"id": case["id"], "urgency": rule.number, "rule": rule.ref})
        body = {"case": str(case["id"]), "before": case["urgency"], "after": rule.number}
        event = NewEvent(kind=events.MORE_URGENT, item=item, body=body, happened_at=at, cause=cause, rule=rule.ref)
        news.append(event)
    if raised:
        run(RAISE, [as_json(raised)])
        if hastened := [case["id"] for case in raised if case["urgency"] == ON_THE_CLOCK]:
            due, escalate = first_term(at, danger=True)
            run(HASTEN, {"ids": hastened, "due": due.due, "rule": due.rule.ref, "escalate": escalate})
        point("urgency: raised")
        record(news, by=by, at=at)
