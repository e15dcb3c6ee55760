"""What the clock ends: approvals that nobody confirmed, orders at their end, holds at their review.

One set of statements for all of it. The caller holds the locks of the items; what is no longer due is passed by.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.authority.decision import events
from maillon.authority.decision.ending import end_measures, end_orders
from maillon.authority.decision.moving import moved_on
from maillon.authority.decision.policy import decide_by
from maillon.authority.decision.states import HOLD
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, system_actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, rows, run

ORDERS = """
SELECT o.*, r.state AS request_state FROM decision_order o
JOIN decision_request r ON r.house = o.house AND r.id = o.request_id
WHERE o.item_id = ANY(%(items)s)
  AND (o.state = 'provisional' AND o.confirm_by <= %(at)s OR o.state = 'in_force' AND o.until <= %(at)s)
ORDER BY o.item_id, o.id
"""

HOLDS = """
SELECT h.*, r.state AS request_state, r.kind, r.urgent FROM decision_hold h
JOIN decision_request r ON r.house = h.house AND r.id = h.request_id
WHERE h.item_id = ANY(%(items)s) AND h.state = 'running' AND h.until <= %(at)s ORDER BY h.item_id, h.id
"""


def end_due(item_ids: Sequence[UUID], *, by: Actor, at: datetime) -> int:
    """End all that is due of these items, as the clock, whoever asks for it; how much."""
    clock, params = system_actor(by.house, "clock"), {"items": list(item_ids), "at": at}
    orders, holds = rows(ORDERS, params), rows(HOLDS, params)
    for verb, state in (("lapse", "provisional"), ("expire", "in_force")):
        if found := [row for row in orders if row["state"] == state]:
            _end(found, verb, clock, at)
    if holds:
        review(holds, "end", "", by=clock, at=at)
    return len(orders) + len(holds)


def _end(found: Sequence[Row], verb: str, by: Actor, at: datetime) -> None:
    end_orders(found, verb, by=by, at=at)
    after = "lapse" if verb == "lapse" else "end"
    moved_on([(row["request_id"], row["request_state"]) for row in found], after)
    news = []
    for row in found:
        body: dict[str, Any] = {"request": str(row["request_id"]), "order": str(row["id"]), "kind": row["kind"]}
        if verb == "lapse":
            kind, rule, body["confirm_by"] = events.LAPSED, row["confirm_rule"], stamp(row["confirm_by"])
        else:
            kind, rule, body["until"] = events.EXPIRED, "", stamp(row["until"])
        news.append(NewEvent(kind=kind, item=row["item_id"], body=body, happened_at=at, rule=rule))
    record(news, by=by, at=at)
    point("lapse: recorded")
    end_measures([row["id"] for row in found], verb, by=by, at=at)


def review(found: Sequence[Row], verb: str, words: str, *, by: Actor, at: datetime) -> None:
    """End these holds: their requests wait for the magistrate again, and so may notices abroad go out."""
    news = []
    for row in found:
        run(
            "UPDATE decision_hold SET state = %s, ended_at = %s WHERE id = %s",
            [HOLD.step(row["state"], verb), at, row["id"]],
        )
        late = decide_by(at, urgent=row["urgent"])
        moved_on([(row["request_id"], row["request_state"])], "review" if verb == "end" else "review now", late=late)
        said = {"request": str(row["request_id"]), "hold": str(row["id"]), "words": words}
        due = {"request": said["request"], "kind": row["kind"], "hold": said["hold"], "due": stamp(late.due)}
        news += [
            NewEvent(kind=events.RELEASED, item=row["item_id"], body=said, happened_at=at),
            NewEvent(kind=events.REVIEW_DUE, item=row["item_id"], body=due, happened_at=at, rule=late.rule),
        ]
    point("review: holds ended")
    record(news, by=by, at=at)
