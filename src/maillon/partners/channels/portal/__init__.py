"""`portal`: for a partner without an installation, whose people sign in to the house that writes to them.

What is sent is laid down as a letter in the sender's own house, where its partner alone sees it (`partners.letters`).
"""

from datetime import datetime
from uuid import UUID

from django.db import connection

from maillon.items.services import lock_item
from maillon.kernel.crash import point
from maillon.outbox.acting import acting, as_program, system_actor
from maillon.outbox.sql import one
from maillon.partners.channels import Channel, ChannelFailed, Partner, Surroundings
from maillon.partners.envelope import Envelope, check_body
from maillon.partners.laying import lay

PEOPLE = "SELECT 1 FROM access_person WHERE organisation = %s AND active AND 'portal_partner' = ANY(roles) LIMIT 1"
COPY = "SELECT id FROM items_item WHERE origin = %s AND origin_ref = %s"


class Portal:
    """Lay the message down for the partner to read; laying it down twice changes nothing."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._houses = surroundings.houses

    def reaches(self, partner: Partner) -> bool:
        """Whether somebody of the partner has an account: in the house acted in, or in any where nobody acts."""
        if connection.in_atomic_block:
            with as_program():
                return _has_people(partner)
        return any(_has_people_in(house, partner) for house in self._houses)

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        check_body(envelope.kind, envelope.version, envelope.body)
        by = system_actor(envelope.sender, "sender")
        with acting(by):
            item = _item(envelope)
            lock_item(item_id=item)
            point("portal: item locked")
            lay(envelope=envelope, partner=partner.id, item_id=item, by=by, at=at)
        point("portal: committed")
        return f"laid down for {partner.id}"


def _has_people(partner: Partner) -> bool:
    return one(PEOPLE, [partner.id]) is not None


def _has_people_in(house: str, partner: Partner) -> bool:
    with acting(system_actor(house, "sender")):
        return _has_people(partner)


def _item(envelope: Envelope) -> UUID:
    """The sending house's own row for what the message speaks of. Raises ChannelFailed."""
    about = envelope.body["item"]
    if about["owner"] == envelope.sender:
        found = one("SELECT id FROM items_item WHERE id = %s", [about["ref"]])
    else:
        found = one(COPY, [about["owner"], about["ref"]])
    if found is None:
        raise ChannelFailed(f"{envelope.sender} knows no item {about['ref']} of {about['owner']}; look at its message.")
    return UUID(str(found["id"]))


def open_channel(surroundings: Surroundings) -> Channel:
    return Portal(surroundings)
