"""Notices abroad wait while the public prosecutor leaves an item online for the investigation.

A notice that is held has neither a moment to be sent nor a term: nothing sends it, and nobody is told that it is late.
Both come back when the item's last hold ends. A call-back is never held: it only takes back what is known abroad.
"""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.referral import events
from maillon.hotline.referral.matters import danger_of
from maillon.hotline.referral.outcomes import AUTHORITY
from maillon.items.services import lock_item, lock_items
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run
from maillon.rules.terms import escalated_at, grace, term

TAKE = """
INSERT INTO referral_hold AS h (house, id, item_id, sender, until, taken_at)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (house, id) DO UPDATE SET until = excluded.until
WHERE h.item_id = excluded.item_id AND h.ended_at IS NULL AND h.until <> excluded.until
"""

END = "UPDATE referral_hold SET ended_at = %s WHERE id = %s AND item_id = %s AND ended_at IS NULL RETURNING id, sender"

OVER = "SELECT id, item_id FROM referral_hold WHERE ended_at IS NULL AND until <= %s ORDER BY until, id LIMIT %s"

RUNNING = """
SELECT id, until, taken_at FROM referral_hold WHERE item_id = %s AND ended_at IS NULL ORDER BY until DESC, id LIMIT 1
"""

NOTICES = "item_id = %s AND state = 'drafted' AND partner_kind = 'inhope_hotline' AND recalls IS NULL"

HOLD_BACK = f"""
UPDATE referral_referral f SET send_at = NULL, due_at = NULL, escalate_at = NULL
WHERE {NOTICES} AND EXISTS (
  SELECT 1 FROM referral_hold h WHERE h.house = f.house AND h.item_id = f.item_id AND h.ended_at IS NULL)
"""

HELD = f"SELECT id, partner_kind, flags, drafted_at FROM referral_referral WHERE {NOTICES} AND send_at IS NULL"

RELEASE = "UPDATE referral_referral SET send_at = %s, due_at = %s, due_rule = %s, escalate_at = %s WHERE id = %s"


def take_hold(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """The authority holds an item, or holds it until another day. Safe to repeat; other messages are passed by."""
    if handed.body["kind"] != "hold" or handed.body["sender"] != AUTHORITY or handed.item is None:
        return
    at, said = clock.now(), handed.body["body"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        if not run(TAKE, [by.house, UUID(said["hold"]), handed.item, AUTHORITY, said["until"], at]):
            return
        point("hold: written")
        hold_back(item_id=handed.item)
        body = {"hold": said["hold"], "sender": AUTHORITY, "until": said["until"]}
        _tell(events.HELD, handed.item, body, handed.uid, by, at)


def end_hold(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """The authority ends a hold before its day. Safe to repeat; other messages are passed by."""
    if handed.body["kind"] != "hold_ended" or handed.body["sender"] != AUTHORITY or handed.item is None:
        return
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        _end(UUID(handed.body["body"]["hold"]), handed.item, "hold lifted", handed.uid, by, clock.now())


def end_due_holds(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """End the holds whose day has come, whether or not their sender can be heard; how many."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        over = rows(OVER, [at, limit])
        lock_items(item_ids=[hold["item_id"] for hold in over])
        return sum(_end(hold["id"], hold["item_id"], "hold over", None, by, at) for hold in over)


def running_hold(*, item_id: UUID) -> Row | None:
    """The item's hold that lasts longest: id, until, taken_at."""
    return one(RUNNING, [item_id])


def hold_back(*, item_id: UUID) -> None:
    """While a hold runs, no notice of the item goes abroad. The caller holds the item's lock."""
    run(HOLD_BACK, [item_id])


def _end(id: UUID, item: UUID, why: str, cause: UUID | None, by: Actor, at: datetime) -> bool:
    ended = one(END, [at, id, item])
    if ended is None:
        return False
    point("hold: ended")
    if running_hold(item_id=item) is None:
        for row in rows(HELD, [item]):
            _release(row, at)
    _tell(events.HOLD_ENDED, item, {"hold": str(id), "sender": ended["sender"], "why": why}, cause, by, at)
    return True


def _release(row: Row, at: datetime) -> None:
    """At once, but for the grace of what was drafted just now; its term runs from here."""
    danger = danger_of(row["flags"])
    due = term("send_within", at, partner_kind=row["partner_kind"], danger=danger)
    escalate = escalated_at("referral", due.due, danger=danger == "yes")
    run(RELEASE, [max(at, row["drafted_at"] + grace(at)), due.due, due.rule.ref, escalate, row["id"]])


def _tell(kind: Kind, item: UUID, body: dict[str, str], cause: UUID | None, by: Actor, at: datetime) -> None:
    record([NewEvent(kind=kind, item=item, body=body, happened_at=at, cause=cause)], by=by, at=at)
