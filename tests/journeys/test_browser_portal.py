"""A partner hotline in a real browser, JavaScript off: it takes note, refuses, asks back; the hotline sees it all."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.people import an_analyst
from tests.factories.portal import a_partner, some_letters
from tests.factories.world import World
from tests.live import chromium, served, sign_in

REASON = "This network is not in our country."
QUESTION = "Which of the two pages is meant?"


@pytest.fixture
def items(world: World) -> list[UUID]:
    """What was sent to the French hotline, in a world whose clock shows what the site's own shows."""
    world.clock.at = SystemClock().now()
    a_partner()
    return some_letters(world, *(f"http://{name}.fr.test/a" for name in ("one", "two", "three")))


@pytest.fixture
def browser(items: list[UUID]) -> Iterator[Browser]:
    with chromium() as found:
        yield found


def a_page(browser: Browser, site: str, actor: Actor) -> Page:
    context = browser.new_context(java_script_enabled=False, base_url=site, locale="fr-BE")
    sign_in(context, site, actor)
    return context.new_page()


def test_a_partner_answers_three_letters_and_the_hotline_sees_it(
    browser: Browser, items: list[UUID], world: World
) -> None:
    with served() as site:
        partner = a_page(browser, site, a_partner())
        partner.goto("/")
        expect(partner.get_by_role("heading", level=1)).to_have_text("3 letters wait for you")

        open_letter(partner, "one.fr.test")
        expect(partner.get_by_text("hxxp://one[.]fr[.]test/a")).to_be_visible()
        assert partner.get_by_role("main").get_by_role("link").filter(has_text="[.]").all() == []
        partner.get_by_role("button", name="We have taken note").click()
        expect(partner.get_by_role("status")).to_contain_text("The sender learns of it")

        open_letter(partner, "two.fr.test")
        partner.get_by_text("We will not act on it").click()
        partner.get_by_role("button", name="Refuse").click()
        expect(partner.get_by_label("Why not?")).to_be_focused()  # the browser itself asks for it: nothing was sent
        partner.get_by_label("Why not?").fill(REASON)
        partner.get_by_role("button", name="Refuse").click()
        expect(partner.get_by_role("heading", level=1)).to_have_text("1 letter waits for you")

        open_letter(partner, "three.fr.test")
        partner.get_by_text("Ask the sender something").click()
        partner.get_by_label("Your question").fill(QUESTION)
        partner.get_by_role("button", name="Send the question").click()
        expect(partner.get_by_role("region", name="Questions")).to_contain_text(QUESTION)

        world.clock.at = SystemClock().now()
        world.drain()
        analyst = a_page(browser, site, an_analyst())
        for item, said in zip(items, ("acknowledged", REASON, QUESTION), strict=True):
            analyst.goto(f"/items/{item}/")
            expect(analyst.get_by_role("main")).to_contain_text(said)


def open_letter(page: Page, site: str) -> None:
    page.get_by_role("listitem").filter(has_text=site).get_by_role("link").click()
