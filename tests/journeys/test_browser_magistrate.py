"""A magistrate with five minutes on a phone, in a real browser, JavaScript off.

The police note an approval by telephone; the magistrate confirms it, orders in writing, takes the PDF; refuses
another; lifts the order, which the hotline sees.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.kernel.clock import BRUSSELS, SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import assessed, read, reported, says
from tests.factories.decisions import a_magistrate, a_measure, state_of
from tests.factories.people import a_police_officer, an_analyst
from tests.factories.world import World, a_world
from tests.live import chromium, served, sign_in

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
WORDS = "Rendez l’emplacement inaccessible ; je confirme par écrit."


class Scene(NamedTuple):
    """The site, a browser, the world an hour ago, and the authority's own two items."""

    site: str
    browser: Browser
    world: World
    items: list[UUID]

    def page(self, who: Actor, size: dict[str, int], language: str = "en") -> Page:
        """A window in which `who` is signed in, at the overview."""
        context = self.browser.new_context(java_script_enabled=False, base_url=self.site, viewport=size)  # type: ignore[arg-type]
        sign_in(context, self.site, who, language)
        found = context.new_page()
        found.goto("/")
        return found


@pytest.fixture
def scene(houses: None, tmp_path: Path) -> Iterator[Scene]:
    world = a_world(tmp_path / "outbox", SystemClock().now() - timedelta(hours=1))
    for name in ("one", "two"):
        item = reported(world, f"http://be.test/{name}")
        world.drain()
        assessed(world, item, says("A", severity=4))
        world.drain()
    items = [row["id"] for row in read("SELECT id FROM items_item ORDER BY url", house="authority")]
    a_magistrate()
    with served() as site, chromium() as browser:
        yield Scene(site, browser, world, items)


def requested(page: Page, item: UUID, reasons: str) -> UUID:
    """The police ask for the removal of an item; the request."""
    page.goto(f"/items/{item}/")
    page.get_by_role("link", name="Ask for a decision").click()
    page.get_by_label("removal").check()
    page.get_by_label("Public prosecutor's office of Brussels").check()
    page.get_by_label("Français").check()
    page.get_by_label("Reasons").fill(reasons)
    page.get_by_role("button", name="Ask the office").click()
    expect(page.get_by_role("status")).to_contain_text("Asked.")
    return UUID(page.url.rstrip("/").rpartition("/")[2])


def approved(page: Page, magistrate: Actor) -> None:
    """The police note that the magistrate approved the request that is open, just now, for four days."""
    page.get_by_role("link", name="Note an approval by telephone").click()
    page.get_by_label(magistrate.name).check()
    until = (SystemClock().now() + timedelta(days=4)).astimezone(BRUSSELS)
    ends = page.get_by_role("group", name="In force until")
    ends.get_by_label("Day").fill(f"{until:%Y-%m-%d}")
    ends.get_by_label("Time").fill(f"{until:%H:%M}")
    page.get_by_label("What the magistrate said").fill(WORDS)
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_text("It lapses by itself unless the magistrate confirms it")).to_be_visible()
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("in force until confirmed")).to_be_visible()


def decided(page: Page, act: str, words: str, button: str) -> None:
    """An act with words and a review."""
    page.get_by_role("link", name=act, exact=True).click()
    page.get_by_label("in your words").fill(words)
    page.get_by_role("button", name="Look at it once more").click()
    expect(page.get_by_role("heading", name="Is this right?")).to_be_visible()
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_be_visible()


def test_a_magistrate_on_a_phone_confirms_orders_refuses_and_lifts(scene: Scene) -> None:
    officer, magistrate, world = a_police_officer(), a_magistrate(), scene.world
    police, phone = scene.page(officer, DESK), scene.page(magistrate, PHONE)
    first = requested(police, scene.items[0], "Neutral reasons.")
    approved(police, magistrate)
    second = requested(police, scene.items[1], "Other reasons.")

    phone.goto("/")
    phone.get_by_role("link", name="Your approvals by telephone, to confirm").click()
    phone.get_by_role("link", name="be.test").click()
    expect(phone.get_by_text(WORDS).first).to_be_visible()
    phone.get_by_role("link", name="Confirm your approval by telephone").click()
    phone.get_by_role("button", name="Confirm it").click()
    assert state_of("request", first) == "confirmed"

    decided(phone, "Order in writing", "L’emplacement est rendu inaccessible.", "Order it")
    assert state_of("request", first) == "ordered"
    with phone.expect_download() as downloading:
        phone.get_by_role("button", name="Download the order (PDF)").click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")
    assert downloading.value.suggested_filename.endswith(".pdf")

    phone.goto(f"/decisions/{second}/")
    decided(phone, "Refuse", "Les faits ne suffisent pas.", "Refuse it")
    expect(phone.get_by_role("button", name="Download the refusal (PDF)")).to_be_visible()

    [order] = read("SELECT id FROM decision_order WHERE state = 'in_force'", house="authority")
    world.clock.at = SystemClock().now()
    a_measure(world, order["id"])
    phone.goto(f"/decisions/{first}/lift/")
    expect(phone.get_by_text("Each provider that acts under it is asked to undo what it did.")).to_be_visible()
    phone.goto(f"/decisions/{first}/")
    decided(phone, "Lift the order", "L’enquête est close.", "Lift it")
    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    world.clock.at = SystemClock().now()
    world.drain()

    hotline = scene.page(an_analyst(), DESK)
    [item] = read("SELECT id FROM items_item WHERE url = 'http://be.test/one'")
    hotline.goto(f"/items/{item['id']}/")
    told = hotline.get_by_role("main")
    expect(told).to_contain_text("lifted")
