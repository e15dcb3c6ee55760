"""Escalate what nobody answered within its term."""

from datetime import datetime

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.policy import DANGER
from maillon.items.services import lock_items
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, rows, run
from maillon.rules.terms import next_step

LATE = """
SELECT id, item_id FROM inbox_arrival WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s
"""

LOCK = """
SELECT * FROM inbox_arrival WHERE id = ANY(%s) AND state = 'waiting' AND escalate_at <= %s ORDER BY id
FOR NO KEY UPDATE
"""


def escalate_late_arrivals(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every arrival past its term, once per step; how many.

    Source: rules/tables/escalate.toml
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        late = rows(LATE, [at, limit])
        if not late:
            return 0
        lock_items(item_ids=[found["item_id"] for found in late if found["item_id"] is not None])
        still = rows(LOCK, [[found["id"] for found in late], at])
        for row in still:
            _escalate(row, by, at)
        return len(still)


def _escalate(row: Row, by: Actor, at: datetime) -> None:
    taken = next_step("arrival", row, danger=DANGER in row["flags"])
    run(
        "UPDATE inbox_arrival SET steps = %s, escalate_at = %s WHERE id = %s",
        [taken.number, taken.following, row["id"]],
    )
    point("late arrival: step taken")
    body = {
        "arrival": str(row["id"]),
        "matter": str(row["matter_id"]),
        "state": row["state"],
        "step": taken.number,
        "to": taken.to,
        "due": stamp(row["due_at"]),
    }
    event = NewEvent(kind=events.LATE, item=row["item_id"], body=body, happened_at=at, rule=taken.rule)
    record([event], by=by, at=at)
