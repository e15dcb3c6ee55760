"""What there is to look at of decisions: one approved by telephone, one ordered with a measure, one that waits."""

from typing import NamedTuple
from uuid import UUID

from maillon.authority.inbox.services import pass_matter
from maillon.outbox.acting import Actor
from tests.factories.chain import read
from tests.factories.decisions import a_measure, a_request, an_approval, an_order
from tests.factories.inbox import arrived, matter_with
from tests.factories.people import a_person
from tests.factories.world import World


class Decided(NamedTuple):
    """Requests that whoever reads decisions may see, all before the office of one magistrate; and an item of theirs."""

    spoken: UUID
    ordered: UUID
    waiting: UUID
    item: UUID


def some_decisions(world: World, magistrate: Actor) -> Decided:
    """Let it be decided, on items that were passed to the local police."""
    coordinator = a_person("coordinator-of-decisions", "police_coordinator", house="authority")
    items = []
    for name in ("spoken", "ordered", "waiting"):
        text = f"http://be.test/{name}"
        matter = matter_with(arrived(world, text, severity=3))
        pass_matter(id=matter["id"], unit="local-police", by=coordinator, at=world.now)
        items += read("SELECT id FROM items_item WHERE url = %s", [text], "authority")
    spoken, ordered, waiting = (a_request(world, row["id"], office=magistrate.organisation) for row in items)
    an_approval(world, spoken, magistrate=magistrate)
    a_measure(world, an_order(world, ordered, by=magistrate))
    return Decided(spoken, ordered, waiting, UUID(str(items[2]["id"])))
