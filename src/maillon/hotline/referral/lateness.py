"""Escalate the referrals that are past their term."""

from datetime import datetime

from maillon.access.permissions import Permission, check
from maillon.hotline.referral import events
from maillon.hotline.referral.closing import locked
from maillon.hotline.referral.matters import danger_of
from maillon.items.services import lock_items
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, rows, run
from maillon.rules.terms import escalation

LATE = """
SELECT id, item_id FROM referral_referral WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s
"""


def escalate_late(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every referral past its term, once per step; how many.

    Source: rules/tables/escalate.toml
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        taken, late = 0, rows(LATE, [at, limit])
        lock_items(item_ids=[found["item_id"] for found in late])
        for found in late:
            row = locked(found["id"])
            if row is not None and row["escalate_at"] is not None and row["escalate_at"] <= at:
                _escalate(row, by, at)
                taken += 1
        return taken


def _escalate(row: Row, by: Actor, at: datetime) -> None:
    number, danger = int(row["steps"]) + 1, danger_of(row["flags"]) == "yes"
    step = escalation("referral", number, row["due_at"] if number == 1 else row["escalate_at"], danger=danger)
    following = escalation("referral", number + 1, row["escalate_at"], danger=danger)
    run(
        "UPDATE referral_referral SET steps = %s, escalate_at = %s WHERE id = %s",
        [number, following.at if following else None, row["id"]],
    )
    point("late referral: step taken")
    body = {
        "referral": str(row["id"]),
        "partner": row["partner"],
        "state": row["state"],
        "step": number,
        "to": step.to if step else "",
        "due": stamp(row["due_at"]),
    }
    rule = step.rule.ref if step else ""
    record([NewEvent(kind=events.LATE, item=row["item_id"], body=body, happened_at=at, rule=rule)], by=by, at=at)
