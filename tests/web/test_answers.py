"""What partners and the authority answered, on the hotline's pages: refusals, holds, outcomes."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.outbox.sql import Row
from tests.factories.chain import a_case, events, referrals_of
from tests.factories.people import a_manager, an_analyst
from tests.factories.telling import hold, outcome, refusal
from tests.factories.world import World
from tests.web.browser import signed_in

WHY = "The page is not in our country."


@pytest.fixture
def abroad(world: World) -> UUID:
    """An item that was sent to the hotline of another country."""
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    world.drain()
    return item


def refused(world: World, item: UUID) -> Row:
    [row] = [row for row in referrals_of(item) if row["partner"] == "inhope-nl"]
    refusal(world, row, reason=WHY)
    return row


def test_what_a_partner_refused_is_listed_with_its_reason_and_counted_among_what_needs_a_person(
    world: World, abroad: UUID
) -> None:
    refused(world, abroad)
    listed, overview = f"{reverse('referrals')}?show=refused", signed_in(an_analyst()).get("/").content.decode()
    assert listed in overview
    assert WHY in signed_in(an_analyst()).get(listed).content.decode()
    assert WHY in signed_in(an_analyst()).get(reverse("item", args=[abroad])).content.decode()


@pytest.mark.parametrize(("how", "reason", "status"), [("", "so", 422), ("closed", "", 422), ("closed", "so", 302)])
def test_whoever_decides_says_how_and_why(world: World, abroad: UUID, how: str, reason: str, status: int) -> None:
    row, manager = refused(world, abroad), signed_in(a_manager())
    assert WHY in manager.get(reverse("refused", args=[row["id"]])).content.decode()
    answer = manager.post(reverse("settle_refused", args=[row["id"]]), {"how": how, "reason": reason})
    assert answer.status_code == status
    assert len(events("referral_resolved")) == (status == 302)
    assert manager.get(reverse("refused", args=[row["id"]])).status_code == (404 if status == 302 else 200)


def test_an_analyst_reads_why_and_does_not_decide(world: World, abroad: UUID) -> None:
    row, analyst = refused(world, abroad), signed_in(an_analyst())
    assert reverse("refused", args=[row["id"]]) not in analyst.get(reverse("item", args=[abroad])).content.decode()
    assert analyst.get(reverse("refused", args=[row["id"]])).status_code == 403


def test_a_hold_and_what_became_of_an_item_stand_on_its_page_and_in_the_list(world: World, abroad: UUID) -> None:
    outcome(world, abroad, "left_online")
    hold(world, abroad, world.now + timedelta(days=30))
    page = signed_in(a_manager()).get(reverse("item", args=[abroad])).content.decode()
    assert "Held for the investigation until" in page
    assert "left online for the investigation" in page
    listed = signed_in(a_manager()).get(f"{reverse('referrals')}?show=all").content.decode()
    assert "left online for the investigation" in listed
