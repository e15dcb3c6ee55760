"""Take in what hotlines send, take note of it, answer."""

from datetime import datetime
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.policy import TAKEN
from maillon.authority.inbox.queries import arrival
from maillon.authority.inbox.states import ARRIVAL, Arrival
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, run
from maillon.partners.services import partner_of, queue_message

INSERT = """
INSERT INTO inbox_arrival (house, id, item_id, sender, kind, purpose, referral, severity, flags, state, arrived_at,
  due_at, acknowledged_by, body)
VALUES (%(house)s, %(id)s, %(item)s, %(sender)s, %(kind)s, %(purpose)s, %(referral)s, %(severity)s, %(flags)s,
  'waiting', %(at)s, %(due)s, '', %(body)s)
ON CONFLICT (house, id) DO NOTHING
"""


def take_in(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A message became known to the house: a referral or call-back waits in the inbox from now on. Safe to repeat."""
    kind, content = handed.body["kind"], handed.body["body"]
    if kind not in TAKEN or handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        assessment = content["assessment"] if kind == "referral" else content["before"]
        params = {
            "house": by.house,
            "id": UUID(handed.body["message"]),
            "item": handed.item,
            "sender": handed.body["sender"],
            "kind": kind,
            "purpose": content.get("purpose", "callback"),
            "referral": content["referral"],
            "severity": assessment["severity"],
            "flags": assessment["flags"],
            "at": at,
            "due": content["acknowledge_by"],
            "body": orjson.dumps(content).decode(),
        }
        if not run(INSERT, params):
            return
        point("arrive: written")
        body = {
            "arrival": str(params["id"]),
            "sender": params["sender"],
            "kind": kind,
            "purpose": params["purpose"],
            "severity": params["severity"],
            "flags": params["flags"],
            "due": params["due"],
        }
        record([NewEvent(kind=events.ARRIVED, item=handed.item, body=body, happened_at=at, cause=handed.uid)],
               by=by, at=at)  # fmt: skip
        point("arrive: recorded")
        if kind == "callback":
            _recall(UUID(content["recalls_message"]), content["reason"], handed, by, at)


def _recall(id: UUID, reason: str, handed: Handed, by: Actor, at: datetime) -> None:
    earlier = arrival(id=id)
    if earlier is None or earlier["sender"] != handed.body["sender"] or earlier["state"] == Arrival.RECALLED:
        return
    state = ARRIVAL.step(earlier["state"], "recall")
    run("UPDATE inbox_arrival SET state = %s, due_at = NULL WHERE id = %s", [state, id])
    point("arrive: recalled")
    body = {"arrival": str(id), "sender": earlier["sender"], "reason": reason}
    event = NewEvent(kind=events.RECALLED, item=earlier["item_id"], body=body, happened_at=at, cause=handed.uid)
    record([event], by=by, at=at)


def acknowledge(*, id: UUID, by: Actor, at: datetime) -> None:
    """Take note of an arrival; its sender learns who did and when. Repeating it changes nothing.

    Raises NotAllowed, NotFound, ForbiddenStep where it was called back.
    """
    with acting(by):
        check(by, Permission.ACKNOWLEDGE)
        row = _locked(id)
        if row["state"] == Arrival.ACKNOWLEDGED:
            return
        run(
            "UPDATE inbox_arrival SET state = %s, acknowledged_at = %s, acknowledged_by = %s, due_at = NULL "
            "WHERE id = %s",
            [ARRIVAL.step(row["state"], "acknowledge"), at, by.name, id],
        )
        point("acknowledge: written")
        body = {
            "arrival": str(id),
            "sender": row["sender"],
            "message": str(id),
            "referral": row["referral"],
        }
        record([NewEvent(kind=events.ACKNOWLEDGED, item=row["item_id"], body=body, happened_at=at)], by=by, at=at)
        point("acknowledge: recorded")
    point("acknowledge: committed")


def _locked(id: UUID) -> Row:
    found = arrival(id=id)
    if found is None:
        raise NotFound(f"There is no arrival {id}; `maillon arrivals` lists them.")
    lock_item(item_id=found["item_id"])
    return one("SELECT * FROM inbox_arrival WHERE id = %s", [id]) or found


def answer_sender(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Tell the sender that its message was taken note of."""
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(UUID(handed.body["arrival"]))
        desk = partner_of(kind=row["sender"], country="", on=brussels_day(at), house=by.house)
        body = {
            "message": str(row["id"]),
            "referral": row["referral"],
            "item": row["body"]["item"],
            "acknowledged_by": by.house,
            "acknowledged_at": stamp(row["acknowledged_at"]),
        }
        queue_message(
            to=desk.id,
            channel="local",
            item_id=row["item_id"],
            kind="acknowledgement",
            version=1,
            about=row["id"],
            body=body,
            cause=handed.uid,
            by=by,
            at=at,
        )
