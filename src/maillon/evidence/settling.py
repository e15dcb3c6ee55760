"""The hotline's keys end with the assessment: destroyed once it is settled, after the grace."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.retention import NEVER_SETTLED, expiry
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import as_json, rows, run
from maillon.rules.terms import grace

BATCH = 1000
SETTLED = "settled"
OWN = "SELECT id FROM evidence_recipient WHERE kind = 'hotline'"

END_ACCESS = f"""
UPDATE evidence_wrap w SET due_at = g.due_at
FROM json_to_recordset(%(given)s::json) AS g(about uuid, due_at timestamptz)
JOIN evidence_object o ON o.about = g.about
WHERE w.object_id = o.id AND w.recipient_id IN ({OWN}) AND w.due_at IS NULL
"""

EXPIRE = """
UPDATE evidence_object o SET expires_at = g.expires_at, rule = g.rule
FROM json_to_recordset(%(given)s::json) AS g(about uuid, expires_at timestamptz, rule jsonb)
WHERE o.about = g.about AND o.purge_id IS NULL
"""

LET_BACK = f"""
UPDATE evidence_wrap w SET due_at = NULL
FROM evidence_object o
WHERE o.about = ANY(%(about)s) AND w.object_id = o.id AND w.recipient_id IN ({OWN}) AND w.due_at IS NOT NULL
"""

LIVE_ON = """
UPDATE evidence_object SET expires_at = %(expires_at)s,
  rule = %(rule)s::jsonb || jsonb_build_object('before', rule ->> 'outcome')
WHERE about = ANY(%(about)s) AND purge_id IS NULL AND rule ->> 'outcome' <> %(never)s
"""

BEFORE = """
SELECT about, max(rule ->> 'before') AS outcome FROM evidence_object WHERE about = ANY(%s) AND rule ? 'before'
GROUP BY about
"""

DESTROY = """
WITH due AS (
  SELECT id FROM evidence_wrap WHERE due_at <= %(at)s ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
), gone AS (
  DELETE FROM evidence_wrap w USING due WHERE w.id = due.id RETURNING w.object_id
)
SELECT o.about, count(*) AS wraps FROM gone JOIN evidence_object o ON o.id = gone.object_id GROUP BY o.about
ORDER BY o.about
"""


def follow(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Follow the item's assessment, in the order of its events: settled, called into doubt, undone, reported again.

    An opinion taken back may leave the item settled as it was before; then its term is again that of before.
    Safe to repeat. Source: rules/tables/grace.toml, rules/tables/retention.toml
    """
    last: dict[UUID, Handed] = {event.item: event for event in handed if event.item is not None and _speaks(event)}
    with acting(by):
        check(by, Permission.RUN_WORK)
        settled = {item: event for item, event in last.items() if _settles(event)}
        if settled:
            _settle(settled)
        reopened = sorted(set(last) - set(settled))
        if reopened:
            _reopen(reopened, clock.now())


def _speaks(event: Handed) -> bool:
    return bool(event.body.get("effect", "reopened") == "reopened")


def _settles(event: Handed) -> bool:
    return event.kind == SETTLED or bool(event.body.get("state") == SETTLED)


def _settle(settled: Mapping[UUID, Handed]) -> None:
    found = rows(BEFORE, [[item for item, event in settled.items() if event.kind != SETTLED]])
    before = {row["about"]: row["outcome"] for row in found}
    ends = [{"about": item, "due_at": e.happened_at + grace(e.happened_at)} for item, e in settled.items()]
    outcomes = {item: e.body["outcome"] if e.kind == SETTLED else before.get(item) for item, e in settled.items()}
    run(END_ACCESS, {"given": as_json(ends)})
    point("settle: access ends")
    expiries = [_expiry(item, outcome, settled[item].happened_at) for item, outcome in outcomes.items() if outcome]
    run(EXPIRE, {"given": as_json(expiries)})


def _expiry(item: UUID, outcome: str, at: datetime) -> dict[str, Any]:
    term = expiry(outcome, at)
    return {"about": item, "expires_at": term.at, "rule": term.rule}


def _reopen(items: Sequence[UUID], at: datetime) -> None:
    term = expiry(NEVER_SETTLED, at)
    run(LET_BACK, {"about": list(items)})
    given = {"about": list(items), "expires_at": term.at, "rule": as_json([term.rule])[1:-1], "never": NEVER_SETTLED}
    run(LIVE_ON, given)


def destroy_due(*, by: Actor, at: datetime) -> int:
    """Destroy the keys that are due; how many. What was settled opens for police and prosecutor alone from then on."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        gone = rows(DESTROY, {"at": at, "limit": BATCH})
        point("destroy: deleted")
        told = [
            NewEvent(kind=events.ACCESS_ENDED, item=row["about"], body={"wraps": row["wraps"]}, happened_at=at)
            for row in gone
        ]
        record(told, by=by, at=at)
        return sum(row["wraps"] for row in gone)
