"""Everybody can report, come back, and read what went wrong, in every language: every page on a reporter's way."""

import re
from collections.abc import Iterator

from playwright.sync_api import Response

from tests.accessibility.conftest import Looking
from tests.accessibility.looking import Visitor
from tests.languages import CODES, in_languages

TELLING = "https://be.test/page?sessionid=7f3a9c1e5b2d4f60"
"""An address that may say who copied it."""

STILL = ("", "anonymous/", "young/", "write/", "follow/")


@in_languages("nl")
def test_everybody_can_read_before_reporting(looking: Looking, language: str) -> None:
    nobody = looking.visitor("", "", language)
    for where in STILL:
        answer = nobody.open(f"/report/{language}/{where}")
        assert nobody.faults(answer, thoroughly=language == CODES[0]) == [], where
    assert nobody.faults(nobody.open(f"/report/{language}/nothing/"), status=404) == []


@in_languages("de")
def test_everybody_can_report_and_come_back(looking: Looking, language: str) -> None:
    nobody = looking.visitor("", "", language)
    for step, answer, status in reporting(nobody, language):
        assert nobody.faults(answer, status=status, thoroughly=language == CODES[0]) == [], step


def reporting(nobody: Visitor, language: str) -> Iterator[tuple[str, Response, int]]:
    """Every page from the empty form to a message about the report, with its status."""
    page = nobody.page
    nobody.open(f"/report/{language}/write/")
    yield "nothing was written", press(nobody), 422
    page.fill("[name=locations]", TELLING)
    page.fill("[name=remark]", "A neutral remark.")
    page.check("[name=danger_now]")
    yield "the review", press(nobody), 200
    yield "the receipt", press(nobody), 200
    receipt = re.search(r"(?:[0-9A-Z]{5}-){3}[0-9A-Z]{5}", page.inner_text("main"))
    assert receipt is not None
    nobody.open(f"/report/{language}/follow/")
    page.fill("[name=receipt]", "0")
    yield "a receipt that nobody has", press(nobody), 404
    page.fill("[name=receipt]", receipt[0])
    yield "the report", press(nobody), 200
    page.fill("[name=text]", receipt[0])
    yield "a message with the receipt in it", press(nobody), 422
    page.fill("[name=text]", "A neutral message.")
    yield "a message", press(nobody), 200


def press(nobody: Visitor) -> Response:
    """Press the first button of the page's own form."""
    with nobody.page.expect_navigation() as going:
        nobody.page.locator("main form button").first.click()
    assert going.value is not None
    return going.value
