"""Partners without an installation: an organisation with people who sign in to the portal, and letters to it."""

from contextlib import suppress
from uuid import UUID

from maillon.access.services import add_organisation
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
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


def letters_about(item: UUID, house: str = "hotline") -> list[Row]:
    """Every letter about one item, oldest first."""
    return read("SELECT * FROM partners_letter WHERE item_id = %s ORDER BY number", [item], house)
