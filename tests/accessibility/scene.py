"""What there is to look at: a chain in which something of everything happened, reports, a claim, a saved filter."""

from datetime import date, timedelta
from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.db import connections

from maillon.authority.inbox.services import acknowledge, ask_sender, pass_matter, refuse_arrival, take_matter
from maillon.hotline.analysis.claiming import claim
from maillon.hotline.analysis.filters import Wanted, save_filter
from maillon.hotline.intake.following import reporter_writes, write_to_reporter
from maillon.hotline.intake.submitting import reporter_actor
from maillon.kernel.clock import SystemClock
from maillon.looking.policy import Known
from maillon.looking.services import reveal
from maillon.outbox.acting import Actor
from maillon.partners.questions import answer_question
from tests.accessibility.decided import Decided, some_decisions
from tests.factories.captures import a_capture, captured
from tests.factories.chain import a_case, case_of, read, referrals_of, reported, waiting_arrivals
from tests.factories.inbox import a_coordinator, a_letter, arrived, matter_with
from tests.factories.overseen import an_overseen_week
from tests.factories.people import a_person, a_police_officer, an_analyst
from tests.factories.portal import some_of_each
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
    `matters` have arrivals in every state, an answered question and an open one, a letter without an address.
    `week` has a sample in every house, some of it reviewed; the seer who decides disputes broke the glass.
    `letters` are those of the portal, by house; `passed` a matter and its item, by the role that sees only its own.
    `report` has a contact and a conversation, and names no address.
    `seen` is an item whose content analysts look at; `texts` are the reveals of its page's text, by role.
    """

    lived: Lived
    claimed: UUID
    report: UUID
    refused: UUID
    matters: tuple[UUID, ...]
    week: date
    letters: dict[str, tuple[UUID, ...]]
    decided: Decided
    passed: dict[str, tuple[UUID, UUID]]
    seen: UUID
    texts: dict[str, UUID]


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
    return Scene(
        lived,
        claimed,
        UUID(str(report["id"])),
        _refused(world),
        _matters(world),
        an_overseen_week(seer),
        _letters(world),
        some_decisions(world, a_seer("authority", "magistrate")),
        _passed(world),
        *_seen(world),
    )


def _seen(world: World) -> tuple[UUID, dict[str, UUID]]:
    """At whatever hour, and for as long as the pages are looked at."""
    item, texts = reported(world, "http://be.test/seen"), {}
    capture = a_capture(world, item)
    media = [row["id"] for row in captured(capture)[1]]
    ask = partial(
        reveal, item_id=item, capture_id=capture, known=Known(imminent_danger=True), at=SystemClock().now()
    )  # fmt: skip
    for role in ("analyst", "senior_analyst"):
        [*_blurred, texts[role]] = ask(media=[*media, None], step=0, by=a_seer("hotline", role))
        for step in (1, 2):
            ask(media=media[:1], step=step, by=a_seer("hotline", role))
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE looking_reveal SET ends_at = ends_at + interval '1 day'")
    return item, texts


def _passed(world: World) -> dict[str, tuple[UUID, UUID]]:
    found = {}
    for role in ("local_police_officer", "financial_investigator"):
        id = arrived(world, f"http://be.test/{role}")
        row, unit = matter_with(id), a_seer("authority", role).organisation
        pass_matter(id=row["id"], unit=unit, by=a_coordinator(), at=world.now)
        found[role] = (row["id"], row["item_id"])
    return found


def _matters(world: World) -> tuple[UUID, ...]:
    sent = waiting_arrivals()[0]["id"]
    texts = ("http://be.test/page?a=1", "http://be.test/page?a=2")
    first, other = (arrived(world, text, severity=4, flags=["imminent_danger"]) for text in texts)
    refuse_arrival(id=arrived(world, texts[0]), reason="not for us", by=a_police_officer(), at=world.now)
    acknowledge(id=arrived(world, texts[0]), by=a_police_officer(), at=world.now)
    arrived(world, texts[0], recalls=arrived(world, texts[0]))
    a_letter(world, f"A neutral sentence on {texts[0]}", severity=2, remark="a remark")
    for text in ("Which page?", "Since when?"):
        ask_sender(id=sent, text=text, by=a_police_officer(), at=world.now)
    world.drain()
    [asked, *_] = read("SELECT id FROM partners_question WHERE direction = 'in' ORDER BY asked_at, id")
    answer_question(id=asked["id"], text="A neutral answer.", by=an_analyst(), at=world.now)
    world.drain()
    [letter] = a_letter(world, "A neutral sentence without an address.")
    take_matter(id=matter_with(first)["id"], by=a_seer("authority", "police_officer"), at=world.now)
    return tuple(UUID(str(matter_with(id)["id"])) for id in (first, sent, other, letter))


def _letters(world: World) -> dict[str, tuple[UUID, ...]]:
    return some_of_each(world, a_seer("hotline", "portal_partner"), a_seer("authority", "portal_partner"))


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
