"""What partners do with a referral: the message was sent, and they took note of it."""

from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.referral import events
from maillon.hotline.referral.closing import locked
from maillon.hotline.referral.matters import danger_of
from maillon.hotline.referral.states import REFERRAL, Referral
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, run
from maillon.partners.services import partner
from maillon.rules.terms import escalated_at, term


def note_sent(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """The channel took the message: the partner's term to acknowledge runs. Safe to repeat."""
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = locked(UUID(handed.body["about"]))
        if row is None or row["state"] != Referral.QUEUED:
            return
        danger = danger_of(row["flags"])
        due = term("acknowledge_within", handed.happened_at, partner_kind=row["partner_kind"], danger=danger)
        run(
            "UPDATE referral_referral SET state = %s, sent_at = %s, due_at = %s, due_rule = %s, steps = 0, "
            "escalate_at = %s WHERE id = %s",
            [
                REFERRAL.step(row["state"], "send"),
                handed.happened_at,
                due.due,
                due.rule.ref,
                escalated_at("referral", due.due, danger=danger == "yes"),
                row["id"],
            ],
        )
        point("refer: noted sent")
        body = {"referral": str(row["id"]), "partner": row["partner"], "due": stamp(due.due)}
        event = NewEvent(
            kind=events.SENT, item=row["item_id"], body=body, happened_at=at, cause=handed.uid, rule=due.rule.ref
        )
        record([event], by=by, at=at)


def take_acknowledgement(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A partner's acknowledgement arrived for one of our messages. Safe to repeat; other messages are passed by."""
    if handed.body["kind"] != "acknowledgement":
        return
    at, said = clock.now(), handed.body["body"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = answered(handed)
        if row is None:
            return
        run(
            "UPDATE referral_referral SET state = %s, acknowledged_at = %s, due_at = NULL, escalate_at = NULL, "
            "sent_at = coalesce(sent_at, %s) WHERE id = %s",
            [REFERRAL.step(row["state"], "acknowledge"), said["acknowledged_at"], at, row["id"]],
        )
        point("refer: noted acknowledged")
        body = {
            "referral": str(row["id"]),
            "partner": row["partner"],
            "acknowledged_by": said["acknowledged_by"],
            "acknowledged_at": said["acknowledged_at"],
        }
        event = NewEvent(kind=events.ACKNOWLEDGED, item=row["item_id"], body=body, happened_at=at, cause=handed.uid)
        record([event], by=by, at=at)


def answered(handed: Handed) -> Row | None:
    """The referral that a message answers, locked; None where it waits for no answer, or none of its sender's."""
    row = locked(UUID(handed.body["body"]["referral"]))
    if row is None or row["state"] not in (Referral.QUEUED, Referral.SENT):
        return None
    desk = partner(id=row["partner"])
    return row if handed.body["sender"] in (desk.id, desk.desk_house) else None
