"""Messages of the authority, of other houses and of partners, as the hotline receives them."""

from datetime import datetime
from itertools import count
from uuid import UUID, uuid4

from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.envelope import Envelope
from maillon.partners.receive import receive
from tests.factories.chain import read
from tests.factories.world import World

_numbers = count(1)


def told(
    world: World, kind: str, body: dict[str, object], *, sender: str = "authority", id: UUID | None = None
) -> UUID:
    """A message of this kind arrives at the hotline and is handed over; its id. The same id arrives once."""
    message = Envelope(
        id=id or uuid4(), sender=sender, recipient="child-focus", epoch=9, number=next(_numbers), kind=kind, version=1,
        issued_at=stamp(world.now), body=body,
    )  # fmt: skip
    receive(envelope=message, house="hotline", at=world.now)
    world.hand_over()
    return message.id


def about(item: UUID) -> dict[str, object]:
    """The hotline's own item, as a message of another house names it."""
    [row] = read("SELECT kind, url, canonical FROM items_item WHERE id = %s", [item])
    return {
        "owner": "hotline",
        "ref": str(item),
        "kind": row["kind"],
        "given": row["url"],
        "canonical": row["canonical"],
    }


def outcome(
    world: World, item: UUID, what: str, *, happened_at: datetime | None = None, id: UUID | None = None,
    sender: str = "authority", kind: str = "removal",
) -> UUID:  # fmt: skip
    body: dict[str, object] = {
        "outcome": what, "kind": kind, "reference": str(uuid4()), "referral": "", "item": about(item), "until": None,
        "happened_at": stamp(happened_at or world.now),
    }  # fmt: skip
    return told(world, "outcome", body, sender=sender, id=id)


def hold(world: World, item: UUID, until: datetime, *, hold: UUID | None = None, sender: str = "authority") -> UUID:
    """The item is held until then; the hold's id."""
    id = hold or uuid4()
    body: dict[str, object] = {
        "hold": str(id),
        "item": about(item),
        "until": stamp(until),
        "given_at": stamp(world.now),
    }
    told(world, "hold", body, sender=sender)
    return id


def hold_ended(world: World, item: UUID, hold: UUID, *, sender: str = "authority") -> None:
    body: dict[str, object] = {"hold": str(hold), "item": about(item), "ended_at": stamp(world.now)}
    told(world, "hold_ended", body, sender=sender)


def refusal(world: World, row: Row, *, reason: str = "not in our country", sender: str = "") -> UUID:
    """The partner of a referral refuses it."""
    [found] = read("SELECT item_id, partner, message_id FROM referral_referral WHERE id = %s", [row["id"]])
    partner = sender or {"federal-police": "authority", "local-police": "authority"}.get(
        found["partner"], found["partner"]
    )
    body: dict[str, object] = {
        "message": str(found["message_id"]), "referral": str(row["id"]), "item": about(found["item_id"]),
        "refused_by": partner, "refused_at": stamp(world.now), "reason": reason,
    }  # fmt: skip
    return told(world, "refusal", body, sender=partner)
