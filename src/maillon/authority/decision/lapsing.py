"""What time does by itself: end what is due, and tell of what is late. Safe to repeat, and under two workers."""

from collections.abc import Sequence
from datetime import datetime

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.due import end_due
from maillon.items.services import lock_items
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, as_json, rows, run
from maillon.rules.terms import next_step

DUE = """
SELECT item_id FROM decision_order
WHERE state = 'provisional' AND confirm_by <= %(at)s OR state = 'in_force' AND until <= %(at)s
UNION SELECT item_id FROM decision_hold WHERE state = 'running' AND until <= %(at)s
LIMIT %(limit)s
"""

LATE_REQUESTS = """
SELECT r.*, r.urgent AS danger FROM decision_request r WHERE r.escalate_at <= %s ORDER BY r.escalate_at, r.id LIMIT %s
"""

LATE_MEASURES = """
SELECT m.*, r.urgent AS danger FROM decision_measure m
JOIN decision_order o ON o.house = m.house AND o.id = m.order_id
JOIN decision_request r ON r.house = o.house AND r.id = o.request_id
WHERE m.escalate_at <= %s ORDER BY m.escalate_at, m.id LIMIT %s
"""

STEPS = """
UPDATE {table} t SET steps = g.steps, escalate_at = g.following
FROM json_to_recordset(%s::json) AS g(id uuid, steps int, following timestamptz) WHERE t.id = g.id
"""


def lapse_due(*, by: Actor, at: datetime, limit: int = 200) -> int:
    """End what is due and escalate what is late; how much.

    An approval that nobody confirmed lapses, an order expires at its end, a hold comes to its review. Late requests
    and late measures take their next step once each. Source: rules/tables/escalate.toml
    """
    return _end_due(by, at, limit) + _escalate(by, at, limit)


def _end_due(by: Actor, at: datetime, limit: int) -> int:
    with acting(by):
        check(by, Permission.RUN_WORK)
        wanted = [row["item_id"] for row in rows(DUE, {"at": at, "limit": limit})]
        if not wanted:
            return 0
        lock_items(item_ids=wanted)
        point("lapse: items locked")
        done = end_due(wanted, by=by, at=at)
    point("lapse: committed")
    return done


def _escalate(by: Actor, at: datetime, limit: int) -> int:
    with acting(by):
        check(by, Permission.RUN_WORK)
        found = [*rows(LATE_REQUESTS, [at, limit]), *rows(LATE_MEASURES, [at, limit])]
        if not found:
            return 0
        locked = lock_items(item_ids=[row["item_id"] for row in found])
        requests = [row for row in rows(LATE_REQUESTS, [at, limit]) if row["item_id"] in locked]
        measures = [row for row in rows(LATE_MEASURES, [at, limit]) if row["item_id"] in locked]
        record([*_steps("request", requests, at), *_steps("measure", measures, at)], by=by, at=at)
        point("late decision: step taken")
        return len(requests) + len(measures)


def _steps(subject: str, late: Sequence[Row], at: datetime) -> list[NewEvent]:
    taken, news = [], []
    for row in late:
        step = next_step(subject, row, danger=row["danger"])
        taken.append({"id": row["id"], "steps": step.number, "following": step.following})
        body: dict[str, object] = {subject: str(row["id"]), "kind": row["kind"]}
        body |= {"partner": row["partner"]} if subject == "measure" else {}
        body |= {"state": row["state"], "step": step.number, "to": step.to, "due": stamp(row["due_at"])}
        kind = events.REQUEST_LATE if subject == "request" else events.MEASURE_LATE
        news.append(NewEvent(kind=kind, item=row["item_id"], body=body, happened_at=at, rule=step.rule))
    run(STEPS.format(table=f"decision_{subject}"), [as_json(taken)])
    return news
