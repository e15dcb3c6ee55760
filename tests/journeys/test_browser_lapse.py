"""An approval by telephone that nobody confirms lapses by itself, and the page says so; in a real browser."""

from datetime import timedelta
from pathlib import Path

from playwright.sync_api import expect

from maillon.authority.decision.services import lapse_due
from maillon.kernel.clock import SystemClock
from maillon.outbox.acting import system_actor
from tests.factories.chain import read
from tests.factories.decisions import a_magistrate, a_request, an_approval, state_of
from tests.factories.world import World, a_world
from tests.live import chromium, served, sign_in


def test_what_nobody_confirmed_lapses_and_reaches_the_hotline(houses: None, tmp_path: Path) -> None:
    world: World = a_world(tmp_path / "outbox", SystemClock().now() - timedelta(days=6))
    request = a_request(world)
    order = an_approval(world, request, days=6.5)
    world.wait(days=6)  # the clock of the house comes to the term
    lapse_due(by=system_actor("authority", "clock"), at=world.now)
    world.drain()
    assert state_of("order", order) == "lapsed"
    with served() as site, chromium() as browser:
        context = browser.new_context(java_script_enabled=False, base_url=site, viewport={"width": 360, "height": 740})
        sign_in(context, site, a_magistrate())
        page = context.new_page()
        page.goto("/decisions/")
        page.get_by_role("link", name="be.test").click()
        expect(page.get_by_role("region", name="Orders").get_by_role("heading", name="by telephone")).to_contain_text(
            "lapsed"
        )
        assert page.locator(f"a[href='/decisions/{request}/confirm/']").count() == 0
        assert page.locator(f"a[href='/decisions/{request}/order/']").count() == 1
    told = [row["outcome"] for row in read("SELECT outcome FROM referral_outcome ORDER BY happened_at, taken_at")]
    assert told[-1] == "lapsed"
