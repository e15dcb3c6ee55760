"""A real browser, JavaScript off: the glass is broken for a hidden item; oversight asks, the manager answers."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.items.demands import demand_clearance
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import events, reported
from tests.factories.overseen import an_overseer, drawn, lists_taken_out
from tests.factories.people import a_manager, a_senior, cleared
from tests.factories.world import World
from tests.live import chromium, served, sign_in

REASON = "A child may be in danger and nobody who holds it answers."


@pytest.fixture
def hidden(world: World) -> UUID:
    """An item that demands a clearance; and a list that somebody took out in the week that is over, drawn from."""
    item = reported(world, "http://be.test/a")
    world.drain()
    holder = cleared(a_senior(2), "restricted")
    demand_clearance(item_id=item, label="restricted", reason="told to few", by=holder, at=world.now)
    now = SystemClock().now()
    lists_taken_out(1, at=now - timedelta(days=7))
    drawn(now)
    return item


@pytest.fixture
def site() -> Iterator[tuple[str, Browser]]:
    with served() as address, chromium() as browser:
        yield address, browser


def page_of(site: tuple[str, Browser], who: Actor) -> Page:
    address, browser = site
    context = browser.new_context(java_script_enabled=False, base_url=address)
    sign_in(context, address, who)
    return context.new_page()


def test_glass_is_broken_reviewed_and_accounted_for(hidden: UUID, site: tuple[str, Browser]) -> None:
    senior = page_of(site, a_senior())
    shown = senior.goto(f"/items/{hidden}/")
    assert shown is not None
    assert shown.status == 404
    senior.goto("/")
    senior.get_by_role("link", name="Break the glass").click()
    senior.get_by_label("restricted").check()
    senior.get_by_label("Reason").fill(REASON)
    senior.get_by_role("button", name="Break the glass").click()
    expect(senior.get_by_role("complementary", name="Glass broken")).to_contain_text("29 minutes")
    senior.goto(f"/items/{hidden}/")
    expect(senior.get_by_role("heading", level=1)).to_have_text("be.test")
    senior.get_by_role("button", name="Give it back now").click()
    expect(senior.get_by_role("complementary", name="Glass broken")).to_have_count(0)
    again = senior.goto(f"/items/{hidden}/")
    assert again is not None
    assert again.status == 404

    overseer = page_of(site, an_overseer())
    overseer.goto("/")
    overseer.get_by_role("link", name="Broken glass to review").click()
    broken = overseer.get_by_role("region", name="Broken glass to review").get_by_role("listitem")
    expect(broken).to_contain_text(REASON)
    expect(broken).to_contain_text("given back")
    broken.get_by_label("a question").check()
    broken.get_by_label("In words").fill("Whom did you try to reach?")
    broken.get_by_role("button", name="Note the finding").click()
    expect(overseer.get_by_role("region", name="Broken glass to review")).to_contain_text("There is none.")

    manager = page_of(site, a_manager())
    manager.goto("/")
    manager.get_by_role("link", name="Questions of oversight").click()
    expect(manager.get_by_role("main")).to_contain_text("Whom did you try to reach?")
    manager.get_by_label("Your answer").fill("Both who hold it; they were on a plane.")
    manager.get_by_role("button", name="Answer").click()
    expect(manager.get_by_role("main")).to_contain_text("Oversight asks nothing.")
    overseer.reload()
    expect(overseer.get_by_role("region", name="Broken glass, reviewed")).to_contain_text("they were on a plane")

    overseer.get_by_role("table", name="The weekly sample").get_by_role("link").first.click()
    expect(overseer.get_by_role("main")).to_contain_text("the sample is the same")
    expect(overseer.get_by_role("main")).not_to_contain_text("be.test")
    drawn_event = overseer.get_by_role("region", name="Events").get_by_role("listitem")
    expect(drawn_event).to_contain_text("reason 0")
    drawn_event.get_by_label("in order").check()
    drawn_event.get_by_role("button", name="Note the finding").click()
    overseer.get_by_role("button", name="Sign this week off").click()
    expect(overseer.get_by_role("status")).to_contain_text("Signed off")
    assert [event["body"]["questions"] for event in events("sample_signed")] == [0]
