"""Partners without an installation: an organisation with people who sign in to the portal, and letters to it."""

from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson

from maillon.access.services import add_organisation
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.envelope import Envelope
from maillon.partners.known import organisation_partner
from maillon.partners.letters import ask_back, refuse_letter
from tests.database import FOUNDED
from tests.factories.chain import assessed, read, reported, says
from tests.factories.people import a_person, an_operator
from tests.factories.world import World

FRENCH = "inhope-fr"


def a_partner(
    number: int = 1, *, id: str = FRENCH, kind: str = "partner_hotline", house: str = "hotline", language: str = "fr"
) -> Actor:
    """Somebody of the partner `id`, which is told by mail that something waits."""
    mail = f"desk@{id}.test"
    with suppress(BadInput):  # it is known already
        add_organisation(id=id, kind=kind, name=id, mail=mail, language=language, by=an_operator(house), at=FOUNDED)
    return a_person(f"{id}-{number}", "portal_partner", id, house)


def a_letter(world: World, text: str = "http://fr.test/a", *, severity: int = 3, flags: tuple[str, ...] = ()) -> Row:
    """A referral to a hotline abroad whose people have the portal, as it waits there."""
    item = reported(world, text)
    world.drain()
    assessed(world, item, says(severity=severity, flags=flags))
    world.drain()
    [found] = letters_about(item)
    return found


def some_letters(world: World, *texts: str) -> list[UUID]:
    """Several such referrals at once; their items."""
    items = [reported(world, text) for text in texts]
    world.drain()
    for item in items:
        assessed(world, item, says())
    world.drain()
    return items


def laid(world: World, to: Actor, kind: str, number: int, body: dict[str, Any]) -> Row:
    """A letter to the organisation of `to`, laid down by the channel."""
    with acting(system_actor(to.house, "clock")):
        partner = organisation_partner(id=to.organisation, house=to.house)
    envelope = Envelope(
        id=uuid7(world.now), sender=to.house, recipient=partner.id, epoch=1, number=number, kind=kind, version=1,
        issued_at=stamp(world.now), body=body,
    )  # fmt: skip
    world.channels["portal"].send(envelope, partner, world.now)
    [letter] = read("SELECT * FROM partners_letter WHERE id = %s", [envelope.id], to.house)
    return letter


def an_order(world: World, to: Actor, item: UUID, number: int = 1) -> Row:
    """What the authority asks of a provider under an order; `to` is one of its people."""
    body = {
        "measure": str(uuid7(world.now)), "order": str(uuid7(world.now)), "number": "2026/1", "kind": "removal",
        "form": "written", "procedure": "a procedure", "legal_basis": "une base légale", "language": "fr",
        "given_at": stamp(world.now), "until": stamp(world.now + timedelta(days=90)),
        "acknowledge_by": stamp(world.now + timedelta(hours=8)), "rule": "a/1", "recipient_kind": "hosting_provider",
        "item": about(item, to.house),
    }  # fmt: skip
    return laid(world, to, "order", number, body)


def its_end(world: World, to: Actor, order: Row, why: str = "lifted") -> Row:
    """The order has ended."""
    body = {
        "measure": order["body"]["measure"], "order": order["body"]["order"], "why": why,
        "ended_at": stamp(world.now), "acknowledge_by": stamp(world.now + timedelta(hours=8)),
        "recipient_kind": "hosting_provider", "item": order["body"]["item"],
    }  # fmt: skip
    return laid(world, to, "order_ended", order["number"] + 1, body)


def some_of_each(world: World, partner: Actor, host: Actor) -> dict[str, tuple[UUID, ...]]:
    """Letters of every kind in the portal of each house, for these two of its people; both houses have sent something.

    What waits, what was asked about, what was refused, what was called back or ended, and what says so.
    """
    [sent] = read("SELECT body FROM partners_message WHERE kind = 'referral' ORDER BY number DESC LIMIT 1")
    [back] = read("SELECT body FROM partners_message WHERE kind = 'callback' ORDER BY number LIMIT 1")
    body, callback = (orjson.loads(bytes(row["body"])) for row in (sent, back))
    waiting, refused, recalled = (laid(world, partner, "referral", number, body) for number in (1, 2, 3))
    ask_back(id=waiting["id"], text="A neutral question.", by=partner, at=world.now)
    refuse_letter(id=refused["id"], reason="A neutral reason.", by=partner, at=world.now)
    said = {**callback, "item": body["item"], "recalls_message": str(recalled["id"])}
    recall = laid(world, partner, "callback", 4, said)
    [item] = read("SELECT id FROM items_item ORDER BY id LIMIT 1", house="authority")
    orders = [an_order(world, host, item["id"], number) for number in (1, 2)]
    ended = its_end(world, host, orders[1])
    return {
        "hotline": tuple(row["id"] for row in (waiting, refused, recalled, recall)),
        "authority": tuple(row["id"] for row in (*orders, ended)),
    }


def about(item: UUID, house: str) -> dict[str, str]:
    """What a message says of an item of `house`."""
    [row] = read("SELECT kind, url, canonical FROM items_item WHERE id = %s", [item], house)
    return {
        "owner": house, "ref": str(item), "kind": row["kind"], "given": row["url"], "canonical": row["canonical"]
    }  # fmt: skip


def letters_about(item: UUID, house: str = "hotline") -> list[Row]:
    """Every letter about one item, oldest first."""
    return read("SELECT * FROM partners_letter WHERE item_id = %s ORDER BY number", [item], house)
