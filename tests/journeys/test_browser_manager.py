"""A manager in a real browser, JavaScript off: what is late, why, and changing it with a reason; the figures."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from maillon.hotline.analysis.claiming import claim
from maillon.hotline.intake.submitting import reporter_actor, submit
from maillon.kernel.clock import BRUSSELS, SystemClock
from tests.factories.chain import case_of, events, read, reported
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import World
from tests.live import chromium, served, sign_in

REASON = "the translator is back tomorrow"


@pytest.fixture
def urgent(world: World) -> UUID:
    """The item of a report that speaks of danger; of three that are late by the site's own clock the most urgent."""
    reported(world, "http://nl.test/a")
    reported(world, "http://fr.test/b")
    submit(
        receipt_hash=bytes(32), language="nl", text="http://be.test/c", stated=["danger_now"], by=reporter_actor(),
        at=world.now,
    )  # fmt: skip
    world.drain()
    (item,) = read("SELECT i.id FROM items_item i WHERE i.url = 'http://be.test/c'")
    return UUID(str(item["id"]))


@pytest.fixture
def page(urgent: UUID) -> Iterator[Page]:
    """The manager's browser, at the overview."""
    with served() as site, chromium() as browser:
        context = browser.new_context(java_script_enabled=False, base_url=site)
        sign_in(context, site, a_manager())
        found = context.new_page()
        found.goto("/")
        yield found


def late_sites(page: Page) -> list[str]:
    return page.get_by_role("table", name="Late cases").get_by_role("rowheader").get_by_role("link").all_inner_texts()


def test_a_manager_finds_what_is_late_and_why_and_changes_it_with_a_reason(page: Page, urgent: UUID) -> None:
    page.get_by_role("link", name="Cases past their term").click()
    assert late_sites(page)[0] == "be.test"
    assert sorted(late_sites(page)) == ["be.test", "fr.test", "nl.test"]
    first = page.get_by_role("table", name="Late cases").get_by_role("row").nth(1)
    expect(first).to_contain_text("late by")
    expect(first).to_contain_text("nobody has given an opinion yet")
    expect(first).to_contain_text("assumed")
    late = page.get_by_role("region", name="Late cases")
    late.get_by_role("group").filter(has_text="decide_within").first.locator("summary").click()
    expect(late.get_by_text("Working assumption").first).to_be_visible()

    first.get_by_role("link", name="Change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("be.test")
    tomorrow = (SystemClock().now() + timedelta(days=1)).astimezone(BRUSSELS)
    form = page.locator("form", has=page.get_by_role("heading", name="Another term"))
    form.get_by_label("Day").fill(f"{tomorrow:%Y-%m-%d}")
    form.get_by_label("Time").fill("16:00")
    form.get_by_role("button").click()
    expect(form.get_by_label("Reason")).to_be_visible()  # the browser itself asks for it: nothing was sent
    assert events("case_overridden") == []
    form.get_by_label("Reason").fill(REASON)
    form.get_by_role("button").click()

    expect(page.get_by_role("status")).to_contain_text("Changed")
    assert sorted(late_sites(page)) == ["fr.test", "nl.test"]
    changed = page.get_by_role("region", name="Changed by hand")
    expect(changed).to_contain_text(REASON)
    expect(changed).to_contain_text("manager-1")
    assert case_of(urgent)["due_at"].astimezone(BRUSSELS).strftime("%Y-%m-%d %H:%M") == f"{tomorrow:%Y-%m-%d} 16:00"


def test_a_manager_takes_back_what_somebody_left_lying(page: Page, urgent: UUID) -> None:
    claim(case_id=case_of(urgent)["id"], by=an_analyst(), at=SystemClock().now())
    page.goto("/load/")
    expect(page.get_by_role("region", name="Who holds what")).to_contain_text("analyst-1")
    page.get_by_role("link", name="Change be.test").click()
    form = page.locator("form", has=page.get_by_role("heading", name="Take it back"))
    form.get_by_label("Reason").fill("went home")
    form.get_by_role("button").click()
    expect(page.get_by_role("region", name="Who holds what")).to_contain_text("Nobody holds a case")
    assert case_of(urgent)["claimed_by"] == ""


def test_the_figures_show_their_pictures(page: Page, urgent: UUID) -> None:
    year = read("SELECT extract(year FROM received_on)::int AS year FROM intake_report LIMIT 1")[0]["year"]
    answers: dict[str, str] = {}
    page.on("response", lambda response: answers.update({response.url: response.headers["content-type"]}))
    page.goto(f"/figures/?year={year}")
    pictures = page.get_by_role("img", name="reports")
    expect(pictures.first).to_be_visible()
    page.wait_for_load_state("networkidle")
    drawn = [url for url, kind in answers.items() if kind == "image/svg+xml" and "/figures/" in url]
    assert len(drawn) == page.locator("figure picture").count() > 0
    page.get_by_text("The same as a table").first.click()
    expect(page.get_by_role("table", name="Reports by month")).to_be_visible()
