"""Messages of the authority, of other houses and of partners, as the hotline receives them."""

from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

from maillon.outbox.record import stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row
from maillon.partners.envelope import Envelope
from maillon.partners.receive import receive
from tests.factories.chain import events, read
from tests.factories.world import World

_numbers = count(1)


Body = dict[str, object]


def told(world: World, kind: str, body: Body, *, sender: str = "authority") -> UUID:
    """A message of this kind arrives at the hotline and is handed over; its id."""
    message = Envelope(
        id=uuid4(), sender=sender, recipient="child-focus", epoch=9, number=next(_numbers), kind=kind, version=1,
        issued_at=stamp(world.now), body=body,
    )  # fmt: skip
    receive(envelope=message, house="hotline", at=world.now)
    world.hand_over()
    return message.id


def again(message: UUID) -> Handed:
    """A message that arrived, as its handlers are given it."""
    [event] = [e for e in events("message_received") if e["body"]["message"] == str(message)]
    fields = ("house", "id", "uid", "kind", "version", "item", "happened_at", "body")
    return Handed(**{field: event[field] for field in fields})


def about(item: UUID) -> Body:
    """The hotline's own item, as a message of another house names it."""
    [row] = read("SELECT kind, url, canonical FROM items_item WHERE id = %s", [item])
    place = {"kind": row["kind"], "given": row["url"], "canonical": row["canonical"]}
    return {"owner": "hotline", "ref": str(item), **place}


def outcome(
    world: World, item: UUID, what: str, *, happened_at: datetime | None = None, sender: str = "authority"
) -> UUID:
    """The authority says what became of the item there; the message's id."""
    body: Body = {
        "outcome": what, "kind": "removal", "reference": str(uuid4()), "referral": "", "item": about(item),
        "until": None, "happened_at": stamp(happened_at or world.now),
    }  # fmt: skip
    return told(world, "outcome", body, sender=sender)


def hold(world: World, item: UUID, until: datetime, *, hold: UUID | None = None, sender: str = "authority") -> UUID:
    """The item is held until then; the hold's id."""
    id = hold or uuid4()
    body: Body = {
        "hold": str(id),
        "item": about(item),
        "until": stamp(until),
        "given_at": stamp(world.now),
    }
    told(world, "hold", body, sender=sender)
    return id


def hold_ended(world: World, item: UUID, hold: UUID, *, sender: str = "authority") -> None:
    body: Body = {"hold": str(hold), "item": about(item), "ended_at": stamp(world.now)}
    told(world, "hold_ended", body, sender=sender)


def refusal(world: World, row: Row, *, reason: str = "not in our country", sender: str = "") -> UUID:
    """The partner of a referral refuses it."""
    [found] = read("SELECT item_id, partner, message_id FROM referral_referral WHERE id = %s", [row["id"]])
    partner = sender or {"federal-police": "authority", "local-police": "authority"}.get(
        found["partner"], found["partner"]
    )
    body: Body = {
        "message": str(found["message_id"]), "referral": str(row["id"]), "item": about(found["item_id"]),
        "refused_by": partner, "refused_at": stamp(world.now), "reason": reason,
    }  # fmt: skip
    return told(world, "refusal", body, sender=partner)
