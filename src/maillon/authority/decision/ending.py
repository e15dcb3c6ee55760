"""End orders, and with them what was done under them: each provider that was asked or acted learns it and undoes it.

Set-based: the clock ends many, a magistrate one. The caller holds the locks of the items.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.authority.decision import events
from maillon.authority.decision.policy import answer_by
from maillon.authority.decision.states import MEASURE, ORDER, Measure
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, as_json, rows, run

WHY = {"lift": "lifted", "lapse": "lapsed", "expire": "expired", "disown": "disowned"}
"""By verb: why an order ended, as it stands in its row and in the message to providers."""

ENDED = """
UPDATE decision_order o SET state = g.state, ended_at = %(at)s, ended_by = %(by)s, ended_why = %(why)s
FROM json_to_recordset(%(orders)s::json) AS g(id uuid, state text) WHERE o.id = g.id
"""

STANDING = """
SELECT m.*, r.urgent FROM decision_measure m
JOIN decision_order o ON o.house = m.house AND o.id = m.order_id
JOIN decision_request r ON r.house = o.house AND r.id = o.request_id
WHERE m.order_id = ANY(%s) AND m.state = ANY(%s) ORDER BY m.recorded_at, m.id
"""

ENDING = """
UPDATE decision_measure m SET state = g.state, due_at = g.due, due_rule = g.rule, escalate_at = g.escalate, steps = 0,
  message_id = NULL, reason = %(why)s
FROM json_to_recordset(%(measures)s::json) AS g(id uuid, state text, due timestamptz, rule text, escalate timestamptz)
WHERE m.id = g.id
"""


def end_orders(found: Sequence[Row], verb: str, *, by: Actor, at: datetime) -> None:
    """Take `verb` (lift, lapse, expire or disown) of these orders. Raises ForbiddenStep.

    The caller records why; what providers are told is recorded after it, by `end_measures`.
    """
    ended = [{"id": row["id"], "state": ORDER.step(row["state"], verb)} for row in found]
    run(ENDED, {"orders": as_json(ended), "at": at, "by": by.name, "why": WHY[verb]})
    point("decide: order ended")


def standing_measures(order_ids: Sequence[UUID]) -> list[Row]:
    """What was asked or done under these orders, each with `urgent` of its request."""
    return rows(STANDING, [list(order_ids), [Measure.ASKED, Measure.DONE]])


def end_measures(order_ids: Sequence[UUID], verb: str, *, by: Actor, at: datetime) -> None:
    """Everyone who was asked or acted under these orders undoes it, by a term of its own."""
    told, ended = [], []
    for row in standing_measures(order_ids):
        state, late = MEASURE.step(row["state"], "end"), answer_by(at, "undo", danger=row["urgent"])
        ended.append({"id": row["id"], "state": state, "due": late.due, "rule": late.rule, "escalate": late.escalate})
        body = {
            "measure": str(row["id"]),
            "order": str(row["order_id"]),
            "kind": row["kind"],
            "partner": row["partner"],
            "why": WHY[verb],
            "due": stamp(late.due),
        }
        told.append(
            NewEvent(kind=events.MEASURE_ENDING, item=row["item_id"], body=body, happened_at=at, rule=late.rule)
        )
    run(ENDING, {"measures": as_json(ended), "why": WHY[verb]})
    record(told, by=by, at=at)
    point("decide: measures ending")
