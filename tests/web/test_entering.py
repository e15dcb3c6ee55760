"""Taking down a call or a letter: stored once, what identifies the reporter left out, the receipt handed on."""

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse

from maillon.hotline.intake.following import report_by_receipt
from maillon.hotline.intake.receipts import hash_receipt
from maillon.outbox.acting import acting, system_actor
from maillon.web.reporter.keys import KEYS
from tests.factories.chain import events, read
from tests.factories.people import a_manager, a_police_officer, a_senior, an_analyst
from tests.factories.world import World
from tests.web.browser import Page, signed_in

CALL = {"channel": "phone", "language": "nl", "day": "2026-03-02", "time": "09:30", "locations": "http://be.test/a"}
RECEIPT = re.compile(r'class="receipt">([^<]+)<')


def form(browser: Client) -> str:
    """The token of an empty form."""
    html = browser.get(reverse("entering")).content.decode()
    return next(str(g["value"]) for _tag, g in Page(html).elements if g.get("name") == "form")


def entered(browser: Client, token: str, **more: object) -> tuple[int, str]:
    response = browser.post(reverse("enter"), {**CALL, "form": token, **more})
    return response.status_code, response.content.decode()


def stored() -> list[dict[str, object]]:
    return read("SELECT * FROM intake_report ORDER BY received_at")


@pytest.fixture
def browser(world: World) -> Client:
    return signed_in(an_analyst())


def test_what_was_told_is_stored_as_a_call_of_that_moment(browser: Client) -> None:
    status, html = entered(browser, form(browser), about_me="1", remark="seen twice")
    assert status == 200
    (report,) = stored()
    assert (report["channel"], report["language"], report["locations"]) == ("phone", "nl", "http://be.test/a")
    assert report["received_at"] == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert (report["entered_by"], report["stated"], report["remark"]) == ("analyst-1", ["about_me"], "seen twice")
    assert str(report["reference"]) in html


def test_the_receipt_shown_leads_back_to_the_report(browser: Client) -> None:
    _status, html = entered(browser, form(browser))
    receipt = RECEIPT.findall(html)[0]
    with acting(system_actor("hotline", "reader")):
        found = report_by_receipt(hash_receipt(KEYS.storing, receipt))
    assert found
    assert found["reference"] == stored()[0]["reference"]


def test_the_receipt_is_in_no_row(browser: Client) -> None:
    _status, html = entered(browser, form(browser))
    receipt = RECEIPT.findall(html)[0]
    rows = [*stored(), *events("report_submitted"), *read("SELECT * FROM outbox_event")]
    assert receipt not in str(rows)
    assert receipt.replace("-", "") not in str(rows)


def test_pressing_twice_is_one_report_and_one_receipt(browser: Client) -> None:
    token = form(browser)
    first, second = entered(browser, token), entered(browser, token)
    assert RECEIPT.findall(first[1]) == RECEIPT.findall(second[1])
    assert len(stored()) == 1


def test_another_content_under_the_same_form_is_said_and_not_stored(browser: Client) -> None:
    token = form(browser)
    entered(browser, token)
    status, html = entered(browser, token, remark="something else")
    assert status == 409
    assert "stored before" in html
    assert [row["remark"] for row in stored()] == [""]


TELLING = {"remark": "My name is Example Person."}


def test_what_may_identify_the_reporter_is_shown_before_anything_is_stored(browser: Client) -> None:
    status, html = entered(browser, form(browser), **TELLING)
    assert (status, stored()) == (200, [])
    ticked = [g for _tag, g in Page(html).elements if g.get("name") == "omit"]
    assert [("checked" in given) for given in ticked] == [True]


def shown(html: str) -> dict[str, object]:
    """The hidden fields and ticks of the form as it was shown."""
    given = [g for _tag, g in Page(html).elements]
    value = {str(g["name"]): g["value"] for g in given if g.get("name") in ("form", "reviewed")}
    return {**value, "omit": [g["value"] for g in given if g.get("name") == "omit" and "checked" in g]}


def test_what_is_ticked_stays_out(browser: Client) -> None:
    _status, html = entered(browser, form(browser), **TELLING)
    assert entered(browser, **{"token": "", **TELLING, **shown(html)})[0] == 200  # type: ignore[arg-type]
    assert [row["remark"] for row in stored()] == ["My name is […]."]


def test_what_is_not_ticked_stays_in(browser: Client) -> None:
    _status, html = entered(browser, form(browser), **TELLING)
    entered(browser, **{"token": "", **TELLING, **shown(html), "omit": []})  # type: ignore[arg-type]
    assert [row["remark"] for row in stored()] == [TELLING["remark"]]


def test_a_text_that_was_changed_is_shown_again(browser: Client) -> None:
    _status, html = entered(browser, form(browser), **TELLING)
    changed = {**shown(html), "remark": "My name is Another Person."}
    _status, again = entered(browser, **{"token": "", **changed})  # type: ignore[arg-type]
    assert stored() == []
    assert "Another Person" in again


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"locations": "", "remark": ""}, "locations"),
        ({"remark": "x" * 10_001}, "remark"),
        ({"day": "", "time": "09:30"}, "day"),
        ({"day": "2026-02-30"}, "day"),
        ({"day": "9998-01-01"}, "day"),
    ],
)
def test_what_cannot_be_taken_is_marked_and_kept_on_the_form(
    browser: Client, wrong: dict[str, str], field: str
) -> None:
    status, html = entered(browser, form(browser), **wrong)
    assert (status, stored()) == (422, [])
    marked = [g for _tag, g in Page(html).elements if g.get("aria-invalid") == "true"]
    assert field in [given["name"] for given in marked]
    for given in marked:
        assert str(given["aria-describedby"]).split()[-1] in html
    assert wrong.get("locations", "http://be.test/a") in html


def test_a_contact_is_kept_apart(browser: Client) -> None:
    entered(browser, form(browser), contact="call example.test")
    assert "call example.test" not in str(stored())
    assert len(read("SELECT sealed FROM intake_contact")) == 1


def test_a_form_signed_elsewhere_stores_nothing(browser: Client) -> None:
    status, html = entered(browser, "forged")
    assert (status, stored()) == (200, [])
    assert 'name="form"' in html


@pytest.mark.parametrize("who", [a_manager, a_senior, an_analyst])
def test_the_hotline_s_people_take_reports_down(who: object, houses: None) -> None:
    assert signed_in(who()).get(reverse("entering")).status_code == 200  # type: ignore[operator]


def test_nobody_else_does(houses: None) -> None:
    assert signed_in(a_police_officer()).post(reverse("enter"), CALL).status_code == 404
