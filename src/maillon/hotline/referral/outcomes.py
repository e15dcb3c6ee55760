"""What became of an item at the authority, as its messages say."""

from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.referral import events
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run

AUTHORITY = "authority"
"""The only house whose word on orders and holds counts."""

DECIDED = ("ordered", "refused")
"""The outcomes after which a reporter is told that the prosecutor decided. Holds, and what leads to them, are not."""

TAKE = """
INSERT INTO referral_outcome (house, id, item_id, sender, outcome, kind, until, happened_at, taken_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (house, id) DO NOTHING
"""

OF_ITEM = """
SELECT id, outcome, kind, until, happened_at, taken_at FROM referral_outcome
WHERE item_id = %s ORDER BY happened_at DESC, taken_at DESC
"""

DECIDED_REPORT = """
SELECT 1 FROM intake_report_location l JOIN referral_outcome o ON o.house = l.house AND o.item_id = l.item_id
WHERE l.report_id = %s AND o.outcome = ANY(%s) LIMIT 1
"""


def take_outcome(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """The authority says what became of an item. Safe to repeat; other messages are passed by."""
    if handed.body["kind"] != "outcome" or handed.body["sender"] != AUTHORITY or handed.item is None:
        return
    at, said, sender = clock.now(), handed.body["body"], handed.body["sender"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        row = [said["outcome"], said["kind"], said["until"], said["happened_at"], at]
        if not run(TAKE, [by.house, UUID(handed.body["message"]), handed.item, sender, *row]):
            return
        point("outcome: written")
        body = {"sender": sender, "became": said["outcome"], "measure": said["kind"], "until": said["until"] or ""}
        event = NewEvent(kind=events.OUTCOME, item=handed.item, body=body, happened_at=at, cause=handed.uid)
        record([event], by=by, at=at)


def outcomes_of(*, item_id: UUID) -> list[Row]:
    """What became of the item at the authority, the latest first: id, outcome, kind, until, happened_at, taken_at."""
    return rows(OF_ITEM, [item_id])


def decided(*, report_id: UUID) -> bool:
    """Whether the public prosecutor decided on something that the report speaks of."""
    return one(DECIDED_REPORT, [report_id, list(DECIDED)]) is not None
