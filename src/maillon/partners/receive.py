"""Take in a message: store it once, in a transaction of the recipient's house, as an event that flow hands on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.items.addresses import find
from maillon.items.services import copy_item, lock_items
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run
from maillon.partners import events
from maillon.partners.envelope import Envelope, check_body


class OutOfOrder(MaillonError):
    """A message came after a later one of its sender about the same item."""


STORE = """
INSERT INTO partners_received (house, id, sender, recipient, epoch, number, kind, version, digest, received_at, item_id)
VALUES (%(house)s, %(id)s, %(sender)s, %(recipient)s, %(epoch)s, %(number)s, %(kind)s, %(version)s, %(digest)s, %(at)s,
  %(item)s)
"""


def receive(*, envelope: Envelope, house: str, at: datetime) -> bool:
    """Store `envelope` in `house`; False when it was stored before. Raises BadInput where its body is not valid.

    Raises OutOfOrder where a later message of the same sender about the same item is stored already, and BadInput
    where another message has its id or its number.
    """
    check_body(envelope.kind, envelope.version, envelope.body)
    by = system_actor(house, "receiver")
    with acting(by):
        run("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"received {house} {envelope.id}"])
        if known(envelope):
            return False
        item = _own_item(house, envelope.sender, envelope.body["item"], at) if "item" in envelope.body else None
        point("receive: item known")
        refuse_misplaced(envelope, item)
        row = {
            "house": house,
            "id": envelope.id,
            "sender": envelope.sender,
            "recipient": envelope.recipient,
            "epoch": envelope.epoch,
            "number": envelope.number,
            "kind": envelope.kind,
            "version": envelope.version,
            "digest": envelope.digest(),
            "at": at,
            "item": item,
        }
        run(STORE, row)
        point("receive: stored")
        body = {
            "message": str(envelope.id),
            "sender": envelope.sender,
            "kind": envelope.kind,
            "version": envelope.version,
            "number": envelope.number,
            "epoch": envelope.epoch,
            "issued_at": envelope.issued_at,
            "body": envelope.body,
        }
        record([NewEvent(kind=events.RECEIVED, item=item, body=body, happened_at=at)], by=by, at=at)
        point("receive: recorded")
    point("receive: committed")
    return True


KNOWN = "SELECT digest FROM partners_received WHERE id = %s"


def known(envelope: Envelope) -> bool:
    """Whether the message is stored already. Raises BadInput where another is stored under its id."""
    found = one(KNOWN, [envelope.id])
    if found is None:
        return False
    if found["digest"] is not None and bytes(found["digest"]) != envelope.digest():
        raise BadInput(f"Another message is stored under the id {envelope.id}; this one is not what was sent before.")
    return True


PLACED = "SELECT 1 FROM partners_received WHERE sender = %(sender)s AND recipient = %(recipient)s AND "
MISPLACED = f"""
SELECT EXISTS ({PLACED} epoch = %(epoch)s AND number = %(number)s) AS taken,
  EXISTS ({PLACED} {{about}} AND (epoch, number) > (%(epoch)s, %(number)s)) AS late
"""
MISPLACED_ON_ITEM, MISPLACED_WITHOUT = (MISPLACED.format(about=f"item_id {word}") for word in ("= %(item)s", "IS NULL"))


def refuse_misplaced(envelope: Envelope, item: UUID | None) -> None:
    """Raise BadInput where another message bears the number, OutOfOrder where a later one about the item is stored."""
    place = {
        "sender": envelope.sender,
        "recipient": envelope.recipient,
        "epoch": envelope.epoch,
        "number": envelope.number,
    }
    found = one(MISPLACED_ON_ITEM, {**place, "item": item}) if item else one(MISPLACED_WITHOUT, place)
    assert found is not None
    written = f"number {envelope.number} of epoch {envelope.epoch}"
    if found["taken"]:
        raise BadInput(f"{envelope.sender} sent another message as {written} already; this one is not stored.")
    if found["late"]:
        raise OutOfOrder(f"A later message about this item is stored already; {written} came too late and is refused.")


def _own_item(house: str, sender: str, about: dict[str, Any], at: datetime) -> UUID:
    """This house's row for what the message speaks of: its own, or a copy of the sender's.

    A house that was restored from a backup may no longer have its own; it is then made anew from what the sender kept.
    """
    if about["owner"] == house:
        own = lock_items(item_ids=[UUID(about["ref"])])
        if own:
            return next(iter(own))
    found = find(about["canonical"]).locations
    if len(found) != 1:
        raise BadInput("The message's item has no readable location; ask the sender for it.")
    location = found[0]._replace(given=about["given"])
    return copy_item(house=house, location=location, origin=sender, ref=about["ref"], at=at)
