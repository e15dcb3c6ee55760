"""What oversight reviews: exports of a week, its sample, and whoever reviews it."""

from datetime import UTC, date, datetime

from maillon.access.breaking import break_glass
from maillon.access.lots import draw_due
from maillon.access.overseen import entries
from maillon.access.oversight import review_break_glass, review_entry
from maillon.flow.reviewed import REVIEWED
from maillon.items.services import note_listing
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import HOUSES, Actor, acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.people import a_person, an_analyst
from tests.factories.world import NOW

WEEK = date(2026, 2, 23)
"""The Monday of the last week that is over when the tests begin, a Tuesday."""
IN_IT = datetime(2026, 2, 25, 9, tzinfo=UTC)


def an_overseer(house: str = "hotline") -> Actor:
    return a_person(f"overseer-{house}", "oversight", house=house)


def lists_taken_out(count: int, at: datetime = IN_IT) -> None:
    """So many exports, each with a reason of its own."""
    for n in range(count):
        note_listing(what="items", reason=f"reason {n}", count=1, recipient="", by=an_analyst(), at=at)


def drawn(at: datetime = NOW, house: str = "hotline") -> int:
    """The samples that are due by then; how many."""
    clock = system_actor(house, "clock")
    return draw_due(kinds=REVIEWED, by=clock, at=at, entropy=lambda n: b"s" * n)


def the_entries(week: date = WEEK) -> list[Row]:
    with acting(an_overseer()):
        return entries(week=week)


def an_overseen_week(who: Actor) -> date:
    """A sample in every house, some of the hotline's reviewed, and glass that `who` broke: once before, once now."""
    lists_taken_out(3)
    for house in HOUSES:
        drawn(house=house)
    by, [first, second, _waiting] = an_overseer(), the_entries()
    review_entry(week=WEEK, event_id=first["event_id"], finding="in_order", words="", by=by, at=NOW)
    review_entry(week=WEEK, event_id=second["event_id"], finding="question", words="Why?", by=by, at=NOW)
    for label in ("restricted", "sealed"):
        glass = break_glass(label=label, reason="A neutral reason.", by=who, at=NOW)
        if label == "sealed":
            review_break_glass(glass=glass, finding="question", words="Why?", by=by, at=NOW)
    break_glass(label="sealed", reason="A neutral reason.", by=who, at=SystemClock().now())
    return WEEK
