"""Looking in a real browser: step by step, filters that survive, a break, the end of a day, and a leave to go on."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.access.overseen import entries
from maillon.access.sampling import last_whole_week
from maillon.looking.policy import Known
from maillon.looking.services import note_seen, reveal
from maillon.outbox.acting import Actor, acting
from maillon.web import guard
from tests.factories.captures import a_capture, captured
from tests.factories.chain import assessed, events, read, reported, says
from tests.factories.overseen import an_overseer, drawn
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.world import World
from tests.live import chromium, served, sign_in


@pytest.fixture
def site(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The site, whose pages read the clock of the world: nine in the morning in Brussels."""
    world.clock.at = world.now.replace(hour=8)
    monkeypatch.setattr(guard, "CLOCK", world.clock)
    with served() as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture
def item(world: World) -> UUID:
    found = reported(world, "http://be.test/squares")
    assessed(world, found, says("B", severity=1), a_senior())
    a_capture(world, found)
    return found


def a_page(browser: Browser, site: str, actor: Actor, *, scripts: bool = True) -> Page:
    context = browser.new_context(base_url=site, java_script_enabled=scripts)
    sign_in(context, site, actor)
    return context.new_page()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what a page tells the server in passing."""
    for _turn in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to be")


def looked(world: World, item: UUID, who: Actor, hours: int) -> None:
    """So many hours of looking without a break, measured."""
    [capture] = read("SELECT id FROM items_capture")
    media = [row["id"] for row in captured(capture["id"])[1]][:1]
    for _turn in range(6 * hours):
        ids = reveal(
            item_id=item, capture_id=capture["id"], media=media, step=0, known=Known(), by=who, at=world.now
        )  # fmt: skip
        world.wait(minutes=10)
        note_seen(reveals=ids, seconds=600, by=who, at=world.now)


def test_an_analyst_looks_step_by_step_and_the_filters_survive_zoom_and_full_screen(
    world: World, site: str, browser: Browser, item: UUID
) -> None:
    page = a_page(browser, site, an_analyst())
    page.goto(f"/items/{item}/look/")
    expect(page.get_by_role("heading", name="What this is")).to_be_visible()
    expect(page.get_by_text("Others gave an opinion")).to_be_visible()
    expect(page.locator("main img")).to_have_count(0)
    page.keyboard.press("s")
    expect(page.locator("main img")).to_have_count(2)
    page.wait_for_load_state()  # the script that hears keys
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    for step in ("large, grey", "large, in colour"):
        expect(page.get_by_role("button", name=f"One step further, {step}: image 1")).to_be_focused()
        page.keyboard.press("Enter")
    large = page.locator("figure.shown").first
    expect(large).to_contain_text("large, in colour")
    picture = large.locator("img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    source = picture.get_attribute("src")
    before = picture.bounding_box()
    large.get_by_role("button", name="Larger").click()
    after = picture.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]
    large.get_by_role("button", name="Full screen").click()
    page.wait_for_function("document.fullscreenElement?.matches('figure.shown')")
    assert page.evaluate("document.fullscreenElement.querySelector('img').getAttribute('src')") == source
    page.evaluate("document.exitFullscreen()")
    assert [event["body"]["shown_as"] for event in events("revealed")] == [0, 0, 1, 2, 3]
    until(page, lambda: all(row["seen_at"] for row in read("SELECT seen_at FROM looking_reveal WHERE step = 3")))
    page.keyboard.press("h")
    expect(page.locator("main img")).to_have_count(0)


def test_what_is_really_in_sight_is_measured(world: World, site: str, browser: Browser, item: UUID) -> None:
    page = a_page(browser, site, an_analyst())
    page.clock.install()
    page.goto(f"/items/{item}/look/")
    page.get_by_role("button", name="Show all 2 blurred").click()
    expect(page.locator("main img")).to_have_count(2)
    until(page, lambda: all(row["seen_at"] for row in read("SELECT seen_at FROM looking_reveal")))
    world.wait(seconds=60)
    page.clock.run_for(30_000)
    until(page, lambda: read("SELECT sum(seconds) AS s FROM looking_reveal")[0]["s"] > 0)
    page.clock.run_for(10 * 60_000)
    expect(page.locator("main img")).to_have_count(0)
    expect(page.get_by_text("Its minutes are over: it is hidden again.").first).to_be_visible()


def test_a_break_is_proposed_the_day_ends_and_a_supervisor_lets_one_look_on(
    world: World, site: str, browser: Browser, item: UUID
) -> None:
    who = an_analyst()
    a_manager()
    looked(world, item, who, hours=1)
    page = a_page(browser, site, who, scripts=False)
    page.goto(f"/items/{item}/look/")
    expect(page.get_by_role("heading", name="Time for a break")).to_be_visible()
    expect(page.get_by_role("button", name="Show all 2 blurred")).to_be_visible()
    looked(world, item, who, hours=4)
    page.reload()
    expect(page.get_by_role("heading", name="Looking is over for today")).to_be_visible()
    expect(page.get_by_text("You looked for 5 h today. That is enough for one day.")).to_be_visible()
    expect(page.get_by_role("button", name="Show all 2 blurred")).to_have_count(0)

    manager = a_page(browser, site, a_manager(), scripts=False)
    manager.goto("/")
    manager.get_by_role("link", name="Let look on").click()
    assert "5 h" not in manager.content()
    manager.get_by_label("Who").select_option("analyst-1")
    manager.get_by_label("Until, today").fill("18:30")
    manager.get_by_label("Reason").fill("a child may be found tonight")
    manager.get_by_role("button", name="Let them look on").click()
    expect(manager.get_by_text("analyst-1 may look on until then.")).to_be_visible()

    page.reload()
    expect(page.get_by_text("manager-1 lets you look on until 18:30.")).to_be_visible()
    page.get_by_role("button", name="Show all 2 blurred").click()
    expect(page.locator("main img")).to_have_count(2)
    page.get_by_role("link", name="What I looked at").click()
    expect(page.get_by_role("table")).to_contain_text("32 views")

    world.wait(days=8)
    drawn(at=world.now)
    week = last_whole_week(world.now)
    with acting(an_overseer()):
        kinds = {row["kind"] for row in entries(week=week)}
    assert "revealed" in kinds
