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
from maillon.rules.terms import next_step

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
    taken = next_step("referral", row, danger=danger_of(row["flags"]) == "yes")
    run(
        "UPDATE referral_referral SET steps = %s, escalate_at = %s WHERE id = %s",
        [taken.number, taken.following, row["id"]],
    )
    point("late referral: step taken")
    body = {
        "referral": str(row["id"]),
        "partner": row["partner"],
        "state": row["state"],
        "step": taken.number,
        "to": taken.to,
        "due": stamp(row["due_at"]),
    }
    event = NewEvent(kind=events.LATE, item=row["item_id"], body=body, happened_at=at, rule=taken.rule)
    record([event], by=by, at=at)
