"""Take in a message: store it once, in a transaction of the recipient's house, as an event that flow hands on."""

from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.items.addresses import find
from maillon.items.services import copy_item, lock_item
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import run
from maillon.partners import events
from maillon.partners.envelope import Envelope, check_body

STORE = """
INSERT INTO partners_received (house, id, sender, epoch, number, kind, version, received_at)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (house, id) DO NOTHING
"""


def receive(*, envelope: Envelope, house: str, at: datetime) -> bool:
    """Store `envelope` in `house`; False when it was stored before. Raises BadInput where its body is not valid."""
    check_body(envelope.kind, envelope.version, envelope.body)
    by = system_actor(house, "receiver")
    with acting(by):
        number = [envelope.sender, envelope.epoch, envelope.number, envelope.kind, envelope.version, at]
        if not run(STORE, [house, envelope.id, *number]):
            return False
        point("receive: stored")
        item = _own_item(house, envelope.sender, envelope.body["item"], at)
        point("receive: item known")
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


def _own_item(house: str, sender: str, about: dict[str, Any], at: datetime) -> UUID:
    """This house's row for what the message speaks of: its own, or a copy of the sender's."""
    if about["owner"] == house:
        return UUID(str(lock_item(item_id=UUID(about["ref"]))["id"]))
    found = find(about["canonical"]).locations
    if len(found) != 1:
        raise BadInput("The message's item has no readable location; ask the sender for it.")
    location = found[0]._replace(given=about["given"])
    return copy_item(house=house, location=location, origin=sender, ref=about["ref"], at=at)
