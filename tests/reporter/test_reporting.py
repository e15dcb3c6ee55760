"""Reporting on the public pages: nothing is lost, nothing is stored twice, nothing is kept of who visits."""

from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from maillon.hotline.intake.receipts import hash_receipt, read_receipt
from maillon.web.headers import HEADERS
from maillon.web.reporter import showing
from maillon.web.reporter.keys import KEYS
from maillon.web.reporter.shaping import SENDING
from maillon.web.reporter.tokens import LIFE, Token, read_token
from tests.factories.chain import read
from tests.languages import CODES
from tests.reporter.conftest import ADDRESS, Reporter

every_language = pytest.mark.parametrize("language", CODES)


def stored() -> list[dict[str, Any]]:
    return read(
        "SELECT reference, language, locations, remark, stated, receipt, channel FROM intake_report ORDER BY id"
    )


def older(fields: dict[str, Any]) -> dict[str, Any]:
    """The same form, as it was written a day ago."""
    token = read_token(fields["form"][0])
    assert token is not None
    return {**fields, "form": Token(token.form, token.made - LIFE).text}


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("nl-BE,nl;q=0.9,fr;q=0.5", "nl"),
        ("de", "de"),
        ("en-GB,en", "en"),
        ("tr,it;q=0.5", "fr"),
        ("", "fr"),
        ("*", "fr"),
    ],
)
def test_the_first_page_is_in_the_language_the_browser_asks_for(asked: str, language: str, houses: None) -> None:
    response = Client(HTTP_ACCEPT_LANGUAGE=asked, HTTP_COOKIE="django_language=en").get("/report/")
    assert (response.status_code, response["Location"]) == (302, f"/report/{language}/")


@every_language
def test_a_report_is_stored_as_written_and_its_receipt_only_as_a_hash(language: str, houses: None) -> None:
    reporter = Reporter(language)
    receipt = reporter.reports(
        locations="http://be.test/a\r\nchat:room-7", remark="two pages", about_me="1", danger_now="1"
    )
    assert read_receipt(receipt) == receipt
    (row,) = stored()
    assert (row["locations"], row["remark"]) == ("http://be.test/a\nchat:room-7", "two pages")
    assert (row["language"], row["channel"], row["stated"]) == (language, "web", ["danger_now", "about_me"])
    assert bytes(row["receipt"]) == hash_receipt(KEYS.storing, receipt)


def test_sending_again_shows_the_same_receipt_and_adds_nothing(reporter: Reporter) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="once", contact="somebody@mail.test")
    receipts = set()
    for _again in range(3):
        reporter.post("send", fields)
        receipts.add(reporter.receipt)
    assert len(receipts) == 1
    assert len(stored()) == 1


def test_what_was_changed_after_sending_is_not_stored_and_can_be_sent_as_a_message_or_anew(reporter: Reporter) -> None:
    fields = reporter.reviews(remark="first")
    reporter.post("send", fields)
    receipt = reporter.receipt
    reporter.post("send", {**fields, "remark": "second"})
    assert reporter.page.status_code == 409
    assert reporter.receipt == receipt
    assert [row["remark"] for row in stored()] == ["first"]
    assert reporter.fields("follow") == {"receipt": [receipt]}
    reporter.post("review", reporter.fields("review"))
    reporter.post("send", reporter.fields("send"))
    assert reporter.receipt not in ("", receipt)
    assert [row["remark"] for row in stored()] == ["first", "second"]


def test_findings_are_ticked_and_what_is_ticked_stays_out(reporter: Reporter) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="je m'appelle Camille Exemple, c'est là")
    assert len(fields["omit"]) == 2
    reporter.post("send", fields)
    (row,) = stored()
    assert row["locations"] == "http://be.test/page"
    assert "Camille" not in row["remark"]
    assert row["remark"].endswith("c'est là")


def test_what_is_not_ticked_stays_in(reporter: Reporter) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="je m'appelle Camille Exemple")
    del fields["omit"]
    reporter.post("send", fields)
    (row,) = stored()
    assert (row["locations"], row["remark"]) == (ADDRESS, "je m'appelle Camille Exemple")


def test_an_old_form_is_shown_again_with_everything_and_sent_then(reporter: Reporter) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="still here", contact="mail@mail.test", minor="1")
    ticked = fields.pop("omit")
    old = older(fields)
    reporter.post("send", old)
    assert reporter.page.status_code == 200
    assert stored() == []
    again = reporter.fields("send")
    assert again.pop("form") != old.pop("form")
    assert again == old, "nothing was lost, and what was not ticked is not ticked"
    assert len(ticked) == 1
    reporter.post("send", reporter.fields("send"))
    assert len(stored()) == 1


def test_a_form_sent_before_and_after_its_day_is_one_report(reporter: Reporter) -> None:
    fields = reporter.reviews(remark="once")
    reporter.post("send", fields)
    receipt = reporter.receipt
    reporter.post("send", older(fields))
    reporter.post("send", reporter.fields("send"))
    assert reporter.receipt == receipt
    assert len(stored()) == 1


@pytest.mark.parametrize("token", ["", "x", "aaaaaaaaaaaaaaaaaaaaaa.1:forged"])
def test_a_form_without_our_token_is_shown_and_not_stored(token: str, reporter: Reporter) -> None:
    reporter.post("send", {"form": token, "locations": ADDRESS})
    assert reporter.page.status_code == 200
    assert stored() == []
    assert reporter.fields("send")["locations"] == [ADDRESS]


def test_a_form_that_another_site_sent_is_shown_and_not_stored(reporter: Reporter) -> None:
    fields = reporter.reviews()
    reporter.post("send", fields, HTTP_SEC_FETCH_SITE="cross-site")
    assert stored() == []
    reporter.post("send", reporter.fields("send"), HTTP_SEC_FETCH_SITE="same-origin")
    assert len(stored()) == 1


@pytest.mark.parametrize("name", ["write", "young", "review", "send"])
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_whoever_made_out_a_form_elsewhere_never_learns_the_receipt(reporter: Reporter, name: str, site: str) -> None:
    theirs = Reporter()
    made_out = theirs.reviews()
    reporter.post(name, {"form": made_out["form"], "locations": ADDRESS}, HTTP_SEC_FETCH_SITE=site)
    if name in ("write", "young"):
        reporter.post("review", reporter.fields("review"), HTTP_SEC_FETCH_SITE="same-origin")
    reporter.post("send", reporter.fields("send"), HTTP_SEC_FETCH_SITE="same-origin")
    assert reporter.receipt
    theirs.post("send", made_out)
    assert reporter.receipt not in theirs.html


@pytest.mark.parametrize("name", ["review", "send"])
@pytest.mark.parametrize(
    ("written", "field"),
    [
        ({}, "locations"),
        ({"remark": "   "}, "locations"),
        ({"remark": "x" * 10_001}, "remark"),
        ({"locations": "y" * 20_001, "remark": "kept"}, "locations"),
        ({"contact": "z" * 501, "remark": "kept"}, "contact"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field_and_nothing_is_lost(
    name: str, written: dict[str, str], field: str, reporter: Reporter
) -> None:
    reporter.post(name, {**written, "about_me": "1"})
    assert reporter.page.status_code == 422
    assert f'id="{field}-problem"' in reporter.html
    kept = reporter.fields("review")
    assert all(kept[key] == [value.strip()] for key, value in written.items())
    assert kept["about_me"] == ["1"]
    assert stored() == []


def test_a_minor_has_a_shorter_form_and_is_stated_as_one(reporter: Reporter) -> None:
    assert set(Reporter("nl").client.get("/report/nl/young/").content.decode().split('name="')) > set()
    reporter.get("young")
    fields = reporter.fields("review")
    assert set(fields) == {"form", "young", "remark", "locations"}
    reporter.post("review", {**fields, "remark": "a game", "about_me": "1"})
    reporter.post("send", reporter.fields("send"))
    (row,) = stored()
    assert row["stated"] == ["minor", "about_me"]


def test_changing_something_brings_the_form_back_as_it_was(reporter: Reporter) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="as\nwritten", contact="m@mail.test", danger_now="1")
    reporter.post("write", fields)
    assert reporter.page.status_code == 200
    again = reporter.fields("review")
    assert {name: again[name] for name in ("locations", "contact", "danger_now")} == {
        "locations": [ADDRESS], "contact": ["m@mail.test"], "danger_now": ["1"],
    }  # fmt: skip
    assert again["form"] == fields["form"]


def test_an_address_is_never_a_link_and_is_shown_defanged(reporter: Reporter) -> None:
    reporter.reviews(locations="http://be.test/a?b=<i>\nquiet group\nhttps://[2001:db8::1]/x")
    assert "hxxp://be[.]test/a?b=" in reporter.html
    assert "hxxps://[2001:db8::1]/x" in reporter.html
    assert "quiet group" in reporter.html
    assert 'href="http' not in reporter.html
    assert "<i>" not in reporter.html


def test_the_receipt_page_holds_no_trace_of_the_one_before(houses: None) -> None:
    first, second = Reporter(), Reporter()
    receipt = first.reports(remark="one")
    second.reports(remark="two")
    assert receipt not in second.html
    assert second.receipt not in first.html


def test_over_the_pace_everything_waits_on_a_page_and_no_one_else_does(houses: None) -> None:
    reporter = Reporter("de")
    for n in range(SENDING.burst):
        reporter.reports(remark=f"report {n}")
    fields = reporter.reviews(locations=ADDRESS, remark="one too many", contact="m@mail.test", minor="1")
    reporter.post("send", fields)
    assert reporter.page.status_code == 429
    assert 1 <= int(reporter.page["Retry-After"]) <= SENDING.interval + 1  # tickets count whole seconds
    held = reporter.fields("send")
    assert held.pop("ticket") != [""]
    assert held.pop("work") == [""]
    assert held == fields
    assert len(stored()) == SENDING.burst
    Reporter("de").reports(remark="somebody else")


def test_whoever_waits_keeps_the_place_and_works_instead(houses: None) -> None:
    from tests.reporter.test_shaping import work_for

    reporter = Reporter()
    for n in range(SENDING.burst):
        reporter.reports(remark=f"report {n}")
    reporter.post("send", reporter.reviews(remark="one too many"))
    held = reporter.fields("send")
    reporter.post("send", held)
    assert reporter.fields("send")["ticket"] == held["ticket"]
    work = work_for(held["ticket"][0], int(reporter.html.partition('data-bits="')[2].partition('"')[0]))
    reporter.post("send", {**held, "work": work})
    assert reporter.page.status_code == 200
    assert len(stored()) == SENDING.burst + 1


def test_where_the_database_fails_nothing_that_was_written_is_lost(
    reporter: Reporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = reporter.reviews(locations=ADDRESS, remark="kept")
    with monkeypatch.context() as broken:
        broken.setitem(connection.settings_dict, "NAME", "no_such_database")
        connection.close()
        reporter.post("send", fields)
    connection.close()
    assert reporter.page.status_code == 503
    reporter.post("send", reporter.fields("send"))
    assert reporter.receipt
    assert len(stored()) == 1


def test_files_are_refused_unread(reporter: Reporter) -> None:
    response = reporter.client.post("/report/fr/review/", {"locations": ADDRESS})
    assert response.request["CONTENT_TYPE"].startswith("multipart/form-data")
    assert response.status_code == 415


def test_a_length_that_is_no_number_is_refused_unread(reporter: Reporter) -> None:
    assert reporter.post("send", {"locations": ADDRESS}, CONTENT_LENGTH="²").status_code == 413


def test_too_much_is_refused_unread(reporter: Reporter) -> None:
    assert reporter.post("review", {"remark": "x" * 300_000}).status_code == 413


@pytest.mark.parametrize(
    "how", [{"HTTP_HOST": "elsewhere.test"}, {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=latin-1"}]
)
def test_what_cannot_be_read_is_said_on_a_page_of_ours_and_sets_no_cookie(
    how: dict[str, str], reporter: Reporter
) -> None:
    reporter.post("send", {"remark": "a"}, **how)
    assert reporter.page.status_code == 400
    assert not reporter.page.cookies
    assert b"/language/" not in reporter.page.content


@pytest.mark.parametrize("name", ["review", "send"])
def test_an_address_that_takes_forms_leads_back_to_the_form(name: str, reporter: Reporter) -> None:
    assert reporter.get(name)["Location"] == reporter.at("write")


@pytest.mark.parametrize("path", ["/report/it/", "/report/fr/nothing/", "/report/fr", "/report/fr/write"])
def test_what_is_not_there_is_said_on_a_page_of_ours(path: str, reporter: Reporter) -> None:
    response = reporter.client.get(path)
    assert response.status_code == 404
    assert b"/language/" not in response.content


def test_a_house_without_hotline_has_no_public_pages(reporter: Reporter, settings: Any) -> None:
    from dataclasses import replace

    settings.MAILLON = replace(settings.MAILLON, houses=("authority",))
    assert reporter.get("write").status_code == 404


def every_answer(language: str) -> list[HttpResponse]:
    """An answer of each page in each of its states, to a browser that brings cookies."""
    reporter = Reporter(language, HTTP_COOKIE="sessionid=canary; django_language=en; csrftoken=canary")
    answers = [reporter.get(name) for name in ("start", "write", "young", "anonymous", "follow", "nothing")]
    answers[0] = reporter.client.get(f"/report/{language}/")
    fields = reporter.reviews(locations=ADDRESS, remark="je m'appelle Camille Exemple", danger_now="1")
    answers += [reporter.page, reporter.post("send", fields)]
    receipt = reporter.receipt
    answers += [
        reporter.post("follow", {"receipt": receipt}),
        reporter.post("follow", {"receipt": receipt, "text": ""}),
    ]
    answers += [reporter.post("follow", {"receipt": "x"}), reporter.post("send", {**fields, "remark": "other"})]
    answers += [reporter.post("review", {}), reporter.post("review", {"remark": "x" * 300_000})]
    answers.append(reporter.client.post(f"/report/{language}/review/", {"locations": ADDRESS}))
    for n in range(SENDING.burst):
        reporter.post("send", reporter.reviews(remark=f"report {n}"))
    assert reporter.page.status_code == 429
    return [*answers, reporter.page]


@every_language
def test_every_answer_keeps_to_its_language_and_sets_no_cookie(language: str, houses: None) -> None:
    from tests.web.browser import Page

    for answer in every_answer(language):
        where = f"{answer.request['PATH_INFO']} {answer.status_code}"
        assert not answer.cookies, where
        assert "Set-Cookie" not in answer.headers, where
        assert {name: answer[name] for name in HEADERS} == HEADERS, where
        page = Page(answer.content.decode())
        assert page.language == language, where
        assert not [link for link in page.links if not link.startswith(("/report/", "/static/", "#", "tel:"))], where
        for tag, given in page.elements:
            assert tag not in ("img", "style", "iframe", "object", "video"), where
            assert tag != "script" or given["src"].startswith("/static/reporter/"), where
            assert not [name for name in given if name == "style" or name.startswith("on")], where
        assert [tag for tag, _given in page.elements].count("h1") == 1, where


def test_no_page_asks_the_database_and_sending_asks_it_once(reporter: Reporter, django_assert_num_queries: Any) -> None:
    showing.is_demo()
    with django_assert_num_queries(0):
        for name in ("write", "young", "anonymous", "follow"):
            reporter.get(name)
        fields = reporter.reviews()
    with django_assert_num_queries(1):
        reporter.post("send", fields)
    assert reporter.receipt


@pytest.mark.parametrize("name", ["write", "young", "anonymous", "follow"])
def test_a_page_with_all_it_needs_is_light(name: str, reporter: Reporter) -> None:
    from pathlib import Path

    import maillon.web

    static = Path(maillon.web.__file__ or "").parent / "static"
    shared = ("web/tokens.css", "reporter/reporter.css", "web/mark.svg", "reporter/waiting.js", "reporter/work.js")
    carried = sum((static / file).stat().st_size for file in shared)
    assert len(reporter.get(name).content) + carried < 60_000
