"""The police in a real browser, JavaScript off: take a matter, acknowledge it, ask the hotline, read its answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import a_referral, read
from tests.factories.people import a_police_officer, an_analyst
from tests.factories.world import World
from tests.live import chromium, served, sign_in

QUESTION, ANSWER = "Is the second page meant as well?", "Yes, both pages."


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The site, to whose police a referral was sent by the site's own clock."""
    world.clock.at = SystemClock().now()
    a_referral(world, in_state="sent")
    with served() as address:
        yield address


def opened(browser: Browser, site: str, who: Actor) -> Page:
    """The overview, on the telephone of somebody who is signed in."""
    context = browser.new_context(
        java_script_enabled=False, base_url=site, viewport={"width": 360, "height": 780}, color_scheme="dark"
    )
    sign_in(context, site, who)
    page = context.new_page()
    page.goto("/")
    return page


def let_it_pass(world: World) -> None:
    """What was done on a page reaches the other house."""
    world.clock.at = SystemClock().now()
    world.drain()


def test_police_acknowledge_and_ask_and_read_the_hotline_s_answer(world: World, site: str) -> None:
    with chromium() as browser:
        police, hotline = opened(browser, site, a_police_officer()), opened(browser, site, an_analyst())
        police.get_by_role("link", name="Matters that nobody has").click()
        police.get_by_role("button", name="Take the next one").click()
        expect(police.get_by_role("heading", level=1)).to_have_text("be.test")
        expect(police.get_by_text("severity 3 of 5").first).to_be_visible()
        police.get_by_role("button", name="Acknowledge it").click()
        expect(police.get_by_role("status")).to_contain_text("Acknowledged")
        police.get_by_text("Ask the sender").click()
        police.get_by_label("What do you want to know?").fill(QUESTION)
        police.get_by_role("button", name="Ask", exact=True).click()
        asked = police.get_by_role("region", name="Questions")
        expect(asked).to_contain_text("not answered yet")
        let_it_pass(world)

        hotline.reload()
        hotline.get_by_role("link", name="Partners who ask back").click()
        expect(hotline.get_by_role("main")).to_contain_text(QUESTION)
        hotline.get_by_role("link", name="be.test").click()
        panel = hotline.get_by_role("region", name="Asked by partners")
        panel.get_by_label("Your answer").fill(ANSWER)
        panel.get_by_role("button", name="Answer").click()
        expect(panel).to_contain_text("answered")
        let_it_pass(world)

        police.reload()
        expect(asked).to_contain_text(ANSWER)
        police.get_by_text("Close the matter").click()
        police.get_by_label("Reason").last.fill("handed to the investigation")
        police.get_by_role("button", name="Close it").click()
        expect(police.get_by_role("status")).to_contain_text("Closed")
    [referral] = read("SELECT state FROM referral_referral")
    assert referral["state"] == "acknowledged"
