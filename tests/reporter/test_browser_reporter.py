"""Reporters in a real browser: in French without JavaScript, there and back; one who must wait, with and without."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from maillon.hotline.intake.following import messages, write_to_reporter
from maillon.kernel.clock import FixedClock, SystemClock
from maillon.outbox.acting import acting
from maillon.web.reporter import sending
from maillon.web.reporter.pace import Pace
from maillon.web.reporter.shaping import Shaper
from tests.factories.chain import read
from tests.factories.people import an_analyst
from tests.live import chromium, served

QUESTION = "Quel jour était-ce ?"
ANSWER = "Un lundi."
ONE = Pace(interval=3600, burst=1, busy_burst=1, held=5)
"""One report, and the next an hour later."""


@pytest.fixture
def site(houses: None) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


def a_page(browser: Browser, script: bool = False) -> Page:
    page = browser.new_context(locale="fr-BE", java_script_enabled=script).new_page()
    page.set_default_timeout(60_000)
    return page


def goes_on(page: Page) -> None:
    """Press the first button of the page's own form."""
    page.locator("main form button").first.click()


def writes(page: Page, site: str, remark: str) -> None:
    """From the first page to the review, as somebody finds the way."""
    page.goto(f"{site}/report/")
    page.locator("a[href='/report/fr/write/']").first.click()
    page.fill("[name=locations]", "http://be.test/page")
    page.fill("[name=remark]", remark)
    goes_on(page)


def receipt_on(page: Page) -> str:
    found = re.search(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", page.inner_text("main"))
    assert found is not None, page.inner_text("main")
    return found[0]


def test_a_reporter_without_javascript_reports_comes_back_and_answers(site: str, browser: Browser) -> None:
    page = a_page(browser)
    page.goto(f"{site}/report/")
    assert page.url == f"{site}/report/fr/", "the browser asks for French"
    assert page.locator("a[href='tel:101']").is_visible(), "help stands first"
    assert page.locator("a[href='tel:112']").is_visible()

    writes(page, site, "Je m'appelle Camille Exemple. Vu lundi.")
    expect(page.locator("[name=omit]")).to_be_checked()
    goes_on(page)
    receipt = receipt_on(page)
    page.context.close()

    (report,) = read("SELECT id, remark, language FROM intake_report")
    assert report["language"] == "fr"
    assert "Camille" not in report["remark"]
    analyst = an_analyst()
    write_to_reporter(report_id=report["id"], text=QUESTION, by=analyst, at=SystemClock().now())

    page = a_page(browser)  # another day, another device
    page.goto(f"{site}/report/fr/follow/")
    page.fill("[name=receipt]", receipt.lower())
    goes_on(page)
    expect(page.locator(".conversation .hotline")).to_contain_text(QUESTION)
    page.fill("[name=text]", ANSWER)
    goes_on(page)
    expect(page.locator(".conversation .reporter")).to_contain_text(ANSWER)
    assert receipt not in page.url
    assert page.context.cookies() == []

    with acting(analyst):
        assert [(row["side"], row["text"]) for row in messages(report["id"])] == [
            ("hotline", QUESTION),
            ("reporter", ANSWER),
        ]


def test_the_language_is_changed_without_losing_what_was_written(site: str, browser: Browser) -> None:
    page = a_page(browser)
    page.goto(f"{site}/report/fr/write/")
    page.fill("[name=remark]", "écrit en français")
    page.locator("nav button[lang=nl]").click()
    assert page.locator("html").get_attribute("lang") == "nl"
    assert page.input_value("[name=remark]") == "écrit en français"


def test_with_javascript_a_piece_of_work_replaces_waiting(
    site: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first place is an hour away; the page gets there by itself, within what a browser works in seconds."""
    monkeypatch.setattr(sending, "SHAPER", Shaper(ONE))
    page = a_page(browser, script=True)
    faults: list[str] = []
    page.on(
        "console", lambda said: faults.append(said.text) if said.type == "error" and "429" not in said.text else None
    )
    page.on("pageerror", lambda error: faults.append(str(error)))
    for remark in ("first", "second"):
        writes(page, site, remark)
        goes_on(page)
        page.locator(".receipt").wait_for()
    assert len(read("SELECT 1 FROM intake_report")) == 2
    assert faults == [], "nothing that the policy of the site forbids is asked for"


def test_without_javascript_the_page_waits_and_keeps_everything(
    site: str, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FixedClock(SystemClock().now() + timedelta(minutes=5))
    monkeypatch.setattr(sending, "SHAPER", Shaper(ONE))
    monkeypatch.setattr(sending, "CLOCK", clock)
    page = a_page(browser)
    writes(page, site, "first")
    goes_on(page)
    writes(page, site, "second")
    goes_on(page)
    place = page.input_value("[name=ticket]")
    goes_on(page)
    assert page.input_value("[name=ticket]") == place, "too early: the place stays what it was"
    clock.at += timedelta(hours=1, seconds=1)
    goes_on(page)
    assert receipt_on(page)
    assert [row["remark"] for row in read("SELECT remark FROM intake_report ORDER BY id")] == ["first", "second"]
