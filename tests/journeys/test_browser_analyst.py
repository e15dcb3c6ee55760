"""Analysts in a real browser: ten items by keyboard alone, a blind second opinion, a claim given back on leaving."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import Actor
from tests.factories.chain import assessed, case_of, read, reported, says
from tests.factories.people import a_senior, an_analyst
from tests.factories.world import World
from tests.live import chromium, served, sign_in
from tests.web.authenticators import PASSWORD, a_login, an_app, code_of

REASON = "what only the first one wrote"


@pytest.fixture
def site(world: World) -> Iterator[str]:
    """The site, in a world whose clock shows what the site's own shows."""
    world.clock.at = SystemClock().now()
    with served() as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def located(world: World, *hosts: str) -> list[UUID]:
    found = [reported(world, f"http://{host}/a") for host in hosts]
    world.drain()
    return found


def a_page(browser: Browser, site: str, actor: Actor | None) -> Page:
    context = browser.new_context()
    sign_in(context, site, actor)
    return context.new_page()


def until(page: Page, holds: Callable[[], bool]) -> None:
    """Wait for what a page asked the server for in passing."""
    for _turn in range(200):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to be")


def press(page: Page, *keys: str) -> None:
    """One after the other, once the page's script is there to hear them: what is to be seen may be there before."""
    page.wait_for_load_state()
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, name: str) -> None:
    """Tab until the field of this name has the focus."""
    for _field in range(20):
        press(page, "Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def decided_on(item: UUID) -> str:
    return str(case_of(item)["code"])


def test_an_analyst_clears_ten_items_with_the_keyboard_alone(world: World, site: str, browser: Browser) -> None:
    items = located(world, *(f"nr{n}.be.test" for n in range(10)))
    secret = an_app(a_login(an_analyst()))
    page = a_page(browser, site, None)
    page.goto(f"{site}/queue/")
    tab_to(page, "login")
    page.keyboard.type("analyst-1")
    tab_to(page, "password")
    page.keyboard.type(PASSWORD)
    press(page, "Enter")
    expect(page.get_by_label("Code of your app")).to_be_visible()
    tab_to(page, "code")
    page.keyboard.type(code_of(secret))
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Queue")).to_be_visible()
    press(page, "?")
    expect(page.get_by_role("dialog")).to_contain_text("Take the next one")
    press(page, "Escape", "s")
    for n in range(9):
        expect(page.get_by_role("heading", name="Decision")).to_be_visible()
        press(page, "k", "4", "d", "r")
        page.keyboard.type(f"number {n}: js3")
        press(page, "Escape", "Enter")
        expect(page.locator(".decided")).to_contain_text("code B of demo 1 · severity 4 of 5")
    last = page.url
    press(page, "u")
    expect(page.get_by_text("Undone: the item waits as before, and it is yours.")).to_be_visible()
    assert page.url != last
    press(page, "l", "Enter")
    expect(page.locator(".decided")).to_contain_text("code N of demo 1")
    expect(page.get_by_role("heading", name="Decision")).to_be_visible()
    press(page, "j", "2", "Enter")
    expect(page.get_by_text("Nothing waits here")).to_be_visible()
    codes = sorted(decided_on(item) for item in items)
    assert codes == ["A", *["B"] * 8, "N"]
    reasons = read("SELECT reason FROM analysis_assessment WHERE code = 'B' AND NOT withdrawn")
    assert {row["reason"] for row in reasons} == {f"number {n}: js3" for n in range(8)}


def test_a_blind_second_opinion_disagrees_and_the_senior_sees_both_side_by_side(
    world: World, site: str, browser: Browser
) -> None:
    (item,) = located(world, "be.test")
    assessed(world, item, says("B", severity=1, reason=REASON))
    second = a_page(browser, site, an_analyst(2))
    second.goto(f"{site}/queue/")
    press(second, "s")
    expect(second.get_by_text("A second opinion: give yours without knowing the first.")).to_be_visible()
    assert REASON not in second.content()
    second.get_by_text("Demonstration code N").click()
    second.get_by_label("Reason").fill("the opposite")
    second.get_by_role("button", name="Decide and stop").click()
    expect(second.locator(".decided")).to_contain_text("opinions disagree")

    senior = a_page(browser, site, a_senior())
    senior.goto(f"{site}/queue/")
    senior.get_by_role("button", name="Take the next one").click()
    one, other = senior.locator(".pair .card").all()
    expect(one).to_contain_text(REASON)
    expect(other).to_contain_text("the opposite")
    left, right = one.bounding_box(), other.bounding_box()
    assert left is not None
    assert right is not None
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]
    press(senior, "l")
    expect(senior.locator(".follows:visible")).to_contain_text("Your opinion settles it.")
    press(senior, "Enter")
    expect(senior.get_by_text("Nothing waits here")).to_be_visible()
    assert (case_of(item)["state"], case_of(item)["outcome"]) == ("settled", "not_illegal")


def test_what_follows_is_shown_for_the_choice_made_and_for_no_other(world: World, site: str, browser: Browser) -> None:
    located(world, "nl.test")
    page = a_page(browser, site, an_analyst())
    page.goto(f"{site}/queue/")
    press(page, "s")
    shown = page.locator(".follows:visible")
    expect(page.get_by_text("Choose a code: the rules that will apply stand here.")).to_be_visible()
    expect(shown).to_have_count(0)
    press(page, "j", "3")
    expect(shown).to_have_count(1)
    expect(shown).to_contain_text("INHOPE hotline, Netherlands")
    press(page, "1")
    expect(shown).to_contain_text("2 opinions that agree settle it.")
    press(page, "d")
    expect(shown).to_contain_text("within 1 hour")
    press(page, "l")
    expect(shown).to_contain_text("It goes to nobody.")


def test_leaving_gives_the_claim_back_and_staying_keeps_it(world: World, site: str, browser: Browser) -> None:
    (item,) = located(world, "be.test")
    page = a_page(browser, site, an_analyst())
    page.goto(f"{site}/queue/")
    press(page, "s")
    expect(page.get_by_text("Yours for")).to_be_visible()
    press(page, "s")
    expect(page.get_by_text("Yours for")).to_be_visible()
    page.reload()
    expect(page.get_by_text("Yours for")).to_be_visible()
    until(page, lambda: case_of(item)["claimed_by"] == "analyst-1")
    page.get_by_role("link", name="Skip to the content").press("Enter")  # which leads nowhere else
    page.get_by_role("link", name="Referrals").first.click()
    until(page, lambda: case_of(item)["claimed_by"] == "")


def test_without_javascript_the_same_is_done_by_pointing(world: World, site: str, browser: Browser) -> None:
    first, second = located(world, "be.test", "nl.test")
    context = browser.new_context(java_script_enabled=False)
    sign_in(context, site, an_analyst())
    page = context.new_page()
    page.goto(f"{site}/queue/")
    page.get_by_role("button", name="Take the next one").click()
    page.get_by_text("Demonstration code A").click()
    page.locator("label", has_text="3").first.click()
    page.get_by_role("button", name="Decide, then the next").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    page.goto(f"{site}/queue/")
    for item in (first, second):
        page.locator(f'input[value="{item}"]').check()
    page.get_by_role("button", name="Note as offline").click()
    page.get_by_label("Reason").fill("nothing answers")
    page.get_by_role("button", name="Note as offline").click()
    expect(page.get_by_text("Done for 2 items.")).to_be_visible()
    assert {row["state"] for row in read("SELECT state FROM items_item")} == {"offline"}
