"""A case becomes more urgent when another report says so."""

from collections.abc import Sequence
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.opening import first_term
from maillon.hotline.analysis.policy import ON_THE_CLOCK, urgency
from maillon.hotline.analysis.queries import latest_cases, stated_in
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_items
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import as_json, run

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
        cases = latest_cases(item_ids=list(joined))
        with as_program():
            stated = stated_in(reports=[UUID(said.body["report"]) for said in handed])
        raised, news = [], []
        for item, reports in joined.items():
            case = cases.get(item)
            words = frozenset().union(*(stated.get(UUID(said.body["report"]), frozenset()) for said in reports))
            rule = urgency(words, brussels_day(at))
            if case is None or case["state"] == Case.SETTLED or rule.number >= case["urgency"]:
                continue
            raised.append({"id": case["id"], "urgency": rule.number, "rule": rule.ref})
            body = {"case": str(case["id"]), "before": case["urgency"], "after": rule.number}
            news.append(
                NewEvent(
                    kind=events.MORE_URGENT, item=item, body=body, happened_at=at, cause=reports[-1].uid, rule=rule.ref
                )
            )
        if raised:
            run(RAISE, [as_json(raised)])
            if hastened := [case["id"] for case in raised if case["urgency"] == ON_THE_CLOCK]:
                due, escalate = first_term(at, danger=True)
                run(HASTEN, {"ids": hastened, "due": due.due, "rule": due.rule.ref, "escalate": escalate})
            point("urgency: raised")
            record(news, by=by, at=at)
