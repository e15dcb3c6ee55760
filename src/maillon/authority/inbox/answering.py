"""Answer what arrived: take note of it, or refuse it with a reason; its sender is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.locking import locked_arrival, locked_matter
from maillon.authority.inbox.matters import weigh
from maillon.authority.inbox.policy import LETTER, LONGEST
from maillon.authority.inbox.states import ARRIVAL, Arrival
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, rows, run
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner_of, queue_message

ACKNOWLEDGE = """
UPDATE inbox_arrival SET state = %s, acknowledged_at = %s, acknowledged_by = %s, due_at = NULL, escalate_at = NULL
WHERE id = %s
"""
REFUSE = """
UPDATE inbox_arrival SET state = %s, refused_at = %s, refused_by = %s, reason = %s, due_at = NULL, escalate_at = NULL
WHERE id = %s
"""
WAITING = "SELECT * FROM inbox_arrival WHERE matter_id = %s AND state = 'waiting' ORDER BY arrived_at, id"


def acknowledge(*, id: UUID, by: Actor, at: datetime) -> None:
    """Take note of an arrival; its sender learns who did and when. Repeating it changes nothing.

    Raises NotAllowed, NotFound, ForbiddenStep where it was called back or refused.
    """
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        row = locked_arrival(id)
        if row["state"] == Arrival.ACKNOWLEDGED:
            return
        _acknowledge(row, by, at)
    point("acknowledge: committed")


def acknowledge_matter(*, id: UUID, by: Actor, at: datetime) -> int:
    """Take note of all that waits in a matter; how many. Raises NotAllowed, NotFound."""
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        locked_matter(id)
        waiting = rows(WAITING, [id])
        for row in waiting:
            _acknowledge(row, by, at)
    point("acknowledge: committed")
    return len(waiting)


def _acknowledge(row: Row, by: Actor, at: datetime) -> None:
    run(ACKNOWLEDGE, [ARRIVAL.step(row["state"], "acknowledge"), at, by.name, row["id"]])
    point("acknowledge: written")
    weigh(row["matter_id"])
    body = {"arrival": str(row["id"]), **_sent_by(row)}
    record([NewEvent(kind=events.ACKNOWLEDGED, item=row["item_id"], body=body, happened_at=at)], by=by, at=at)
    point("acknowledge: recorded")


def refuse_arrival(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Say that nothing will be done about an arrival, and why; its sender learns so, and what to do is theirs again.

    Repeating it in the same words changes nothing.
    Raises NotAllowed, NotFound, BadInput without a reason or for a call-back, ForbiddenStep once it is answered.
    """
    reason = said(reason, "reason", "Say why it is refused; its sender reads it.")
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        row = locked_arrival(id)
        if row["state"] == Arrival.REFUSED and (row["refused_by"], row["reason"]) == (by.name, reason):
            return
        if row["kind"] == "callback":
            raise BadInput("A call-back cannot be refused: what it calls back holds no longer. Acknowledge it.")
        run(REFUSE, [ARRIVAL.step(row["state"], "refuse"), at, by.name, reason, id])
        point("refuse: written")
        weigh(row["matter_id"])
        body = {"arrival": str(id), **_sent_by(row), "reason": reason}
        record([NewEvent(kind=events.REFUSED, item=row["item_id"], body=body, happened_at=at)], by=by, at=at)
        point("refuse: recorded")
    point("refuse: committed")


def said(text: str, what: str, remedy: str) -> str:
    """A text that must say something and may not be too long. Raises BadInput."""
    text = text.strip()
    if not text:
        raise BadInput(remedy)
    if len(text) > LONGEST[what]:
        raise BadInput(f"The {what} is longer than {LONGEST[what]} characters; make it shorter.")
    return text


def _sent_by(row: Row) -> dict[str, str]:
    return {"sender": row["sender"], "message": str(row["id"]), "referral": row["referral"]}


def answer_sender(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """Tell the sender that its message was taken note of, or why it was refused. Letters are answered by hand."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = locked_arrival(UUID(handed.body["arrival"]))
        if row["kind"] == LETTER:
            return
        at = clock.now()
        on = brussels_day(at)
        desk = partner_of(kind=row["sender"], country="", on=on, house=by.house)
        channel, _rule = channel_of(to=desk, on=on, channels=channels)
        kind, answer = _answer(row, handed, by)
        about = {"message": str(row["id"]), "referral": row["referral"], "item": row["body"]["item"]}
        queue_message(
            to=desk.id, channel=channel, item_id=row["item_id"], kind=kind, version=1, about=row["id"],
            body={**about, **answer}, cause=handed.uid, by=by, at=at,
        )  # fmt: skip


def _answer(row: Row, handed: Handed, by: Actor) -> tuple[str, dict[str, Any]]:
    if "reason" in handed.body:
        told = {"refused_by": by.house, "refused_at": stamp(row["refused_at"]), "reason": handed.body["reason"]}
        return "refusal", told
    return "acknowledgement", {"acknowledged_by": by.house, "acknowledged_at": stamp(row["acknowledged_at"])}
