"""Escalate the cases that are past their term."""

from datetime import datetime

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.policy import ON_THE_CLOCK
from maillon.items.services import lock_items
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import rows, run
from maillon.rules.terms import next_step

LATE = """
SELECT id, item_id FROM analysis_case WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s
"""

STILL_LATE = """
SELECT id, item_id, due_at, escalate_at, steps, urgency FROM analysis_case
WHERE id = ANY(%s) AND escalate_at <= %s ORDER BY escalate_at FOR UPDATE
"""


def escalate_late_cases(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every case past its term, once per step; how many. Source: rules/tables/escalate.toml"""
    with acting(by):
        check(by, Permission.RUN_WORK)
        found = rows(LATE, [at, limit])
        lock_items(item_ids=[row["item_id"] for row in found])  # before the cases, as whoever assesses does
        late = rows(STILL_LATE, [[row["id"] for row in found], at])
        for row in late:
            taken = next_step("case", row, danger=row["urgency"] == ON_THE_CLOCK)
            run(
                "UPDATE analysis_case SET steps = %s, escalate_at = %s WHERE id = %s",
                [taken.number, taken.following, row["id"]],
            )
            point("late case: step taken")
            body = {
                "case": str(row["id"]),
                "step": taken.number,
                "to": taken.to,
                "due": stamp(row["due_at"]),
            }
            event = NewEvent(kind=events.CASE_LATE, item=row["item_id"], body=body, happened_at=at, rule=taken.rule)
            record([event], by=by, at=at)
        return len(late)
