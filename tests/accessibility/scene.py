"""What there is to look at: a chain in which something of everything happened, reports, a claim, a saved filter."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from maillon.hotline.analysis.claiming import claim
from maillon.hotline.analysis.filters import Wanted, save_filter
from maillon.hotline.intake.following import reporter_writes, write_to_reporter
from maillon.hotline.intake.submitting import reporter_actor
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import a_case, case_of, read, referrals_of, reported
from tests.factories.people import a_person, an_analyst
from tests.factories.queue import many_cases
from tests.factories.reporters import receipt, receipt_hash, submitted
from tests.factories.telling import hold, outcome, refusal
from tests.factories.world import World
from tests.web.conftest import Lived, live

MORE_THAN_A_PAGE = 55
TOLD = {"text": "", "remark": "A neutral remark on a forum.", "contact": "a contact at example.test"}


class Scene(NamedTuple):
    """`lived` is the chain; `claimed` an open item that the seer who decides disputes has claimed.

    `refused` is a referral that a partner abroad refused, of an item that is held as well.
    `report` has a contact and a conversation, and names no address.
    """

    lived: Lived
    claimed: UUID
    report: UUID
    refused: UUID


def a_scene(world: World) -> Scene:
    """Let it happen, in the database of this process."""
    lived = live(world)
    claimed = reported(world, "http://be.test/claimed")
    many_cases(world, MORE_THAN_A_PAGE, "fr.test")
    submitted("a form", stated=["minor", "danger_now"], **TOLD)
    world.drain()
    (report,) = read("SELECT id FROM intake_report WHERE state = 'unplaced'")
    write_to_reporter(report_id=report["id"], text="A neutral question.", by=an_analyst(), at=world.now)
    reporter_writes(
        receipt_hash=receipt_hash("a form"), receipt=receipt("a form"), text="A neutral answer.", by=reporter_actor(),
        at=world.now,
    )  # fmt: skip
    seer, at = a_seer("hotline", "senior_analyst"), SystemClock().now()
    save_filter(name="the late ones", wanted=Wanted(late=True), shared=True, by=seer, at=at)
    claim(case_id=case_of(claimed)["id"], by=seer, at=at)
    return Scene(lived, claimed, UUID(str(report["id"])), _refused(world))


def _refused(world: World) -> UUID:
    item = a_case(world, in_state="settled", text="http://nl.test/refused")
    world.drain()
    [row] = [row for row in referrals_of(item) if row["partner"] == "inhope-nl"]
    refusal(world, row)
    outcome(world, item, "left_online")
    hold(world, item, SystemClock().now() + timedelta(days=30))
    return UUID(str(row["id"]))


def a_seer(house: str, role: str) -> Actor:
    """Somebody of this role who looks at pages."""
    if role == "operator":
        return a_person(role, role, house=house)
    trained = role in ("analyst", "senior_analyst")
    return a_person(f"seer-{role}", role, house=house, trained=trained)
