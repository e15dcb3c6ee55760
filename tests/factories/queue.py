"""Many open cases at once, and people at the queue."""

from collections.abc import Sequence
from uuid import UUID

from maillon.hotline.analysis.claiming import Claim, claim, claim_next
from maillon.hotline.analysis.filters import Wanted
from maillon.hotline.analysis.queue import queue
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row
from tests.factories.chain import a_report, case_of, received
from tests.factories.people import an_analyst
from tests.factories.world import World

ANYTHING = Wanted()


def many_cases(world: World, count: int, host: str = "be.test") -> None:
    """So many open cases, each of an item of its own, all reported now."""
    received([a_report(f"http://{host}/{n}", received_at=world.now) for n in range(count)], at=world.now)
    world.hand_over()


def the_queue(world: World, wanted: Wanted = ANYTHING, by: Actor | None = None, limit: int = 50) -> list[Row]:
    who = by or an_analyst()
    with acting(who):
        return queue(wanted=wanted, person=who.name, at=world.now, limit=limit)


def items(found: Sequence[Row]) -> list[UUID]:
    return [row["item"] for row in found]


def claimed(world: World, item: UUID, by: Actor | None = None) -> Claim:
    """The item's open case, claimed."""
    return claim(case_id=case_of(item)["id"], by=by or an_analyst(), at=world.now)


def next_claim(world: World, by: Actor | None = None, wanted: Wanted = ANYTHING) -> UUID | None:
    """The item of the next case, claimed; None where there is none."""
    taken = claim_next(wanted=wanted, by=by or an_analyst(), at=world.now)
    return taken.item if taken else None
