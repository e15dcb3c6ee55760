"""Matters: the list, one matter on one screen, and working on it."""

import pytest
from django.test import Client
from django.urls import reverse

from maillon.authority.inbox.services import acknowledge_matter, close_matter, pass_matter, take_matter
from maillon.kernel.clock import SystemClock
from maillon.kernel.ids import uuid7
from tests.factories.chain import a_referral, read, referrals_of, waiting_arrivals
from tests.factories.inbox import (
    a_coordinator,
    a_letter,
    a_local_officer,
    a_matter,
    arrived,
    matter_with,
    row_of,
    state_of,
)
from tests.factories.people import a_person, a_police_officer, an_analyst
from tests.factories.world import World
from tests.hotline.test_queue import demanding
from tests.web.browser import Page, signed_in


def listed(browser: Client, show: str = "open") -> list[str]:
    """The matters of a list, by their addresses, in its order."""
    html = browser.get(reverse("matters"), {"show": show}).content.decode()
    return [link for link in Page(html).links if link.startswith("/matters/0")]


def at(name: str, id: object) -> str:
    return reverse(name, kwargs={"id": id})


def shown(browser: Client, id: object) -> str:
    return browser.get(at("matter", id)).content.decode()


@pytest.fixture
def officer(world: World) -> Client:
    return signed_in(a_police_officer())


def drain(world: World) -> None:
    """What was done on a page was done now, and is due now."""
    world.clock.at = SystemClock().now()
    world.drain()


def test_danger_and_severity_stand_on_top_and_each_list_shows_its_own(world: World, officer: Client) -> None:
    mild = a_matter(world, "http://be.test/mild", severity=2)
    danger = a_matter(world, "http://be.test/danger", severity=1, flags=["imminent_danger"])
    grave = a_matter(world, "http://be.test/grave", severity=5)
    assert listed(officer) == [at("matter", id) for id in (danger, grave, mild)]
    take_matter(id=mild, by=a_police_officer(), at=world.now)
    pass_matter(id=grave, unit="federal-police", by=a_coordinator(), at=world.now)
    acknowledge_matter(id=danger, by=a_police_officer(), at=world.now)
    close_matter(id=danger, why="done", by=a_police_officer(), at=world.now)
    for show, wanted in (("mine", mild), ("unit", grave), ("closed", danger)):
        assert listed(officer, show) == [at("matter", wanted)], show
    assert listed(officer, "free") == []
    assert listed(officer, "late") == listed(officer)  # terms ran out by the site's own clock
    assert officer.get(reverse("matters"), {"show": "nothing"}).status_code == 404


def test_a_long_list_goes_on_after_its_last_row(world: World, officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maillon.web.pages.matters.paging.SIZE", 2)
    monkeypatch.setattr("maillon.web.pages.matters.paging.shown.__defaults__", (2,))
    wanted = [at("matter", a_matter(world, f"http://be.test/{n}", severity=5 - n)) for n in range(5)]
    found, address = [], reverse("matters")
    while address:
        page = Page(officer.get(address).content.decode())
        found += [link for link in page.links if link.startswith("/matters/0")]
        address = next((reverse("matters") + link for link in page.links if "from=" in link), "")
    assert found == wanted
    assert officer.get(reverse("matters"), {"from": "0~9~yesterday"}).status_code == 404


def test_the_old_address_of_arrivals_leads_here(officer: Client) -> None:
    response = officer.get("/arrivals/")
    assert (response.status_code, response["Location"]) == (301, reverse("matters"))


def test_everything_of_a_matter_stands_on_one_page(world: World, officer: Client) -> None:
    id = a_matter(world, "http://be.test/page?a=1", severity=4, flags=["imminent_danger"])
    a_letter(world, "A neutral sentence on http://be.test/page?a=1", remark="a remark")
    other = a_matter(world, "http://be.test/page?a=2")
    html = shown(officer, id)
    for text in (
        "hxxp://be[.]test/page?a=1",
        "imminent danger",
        "severity 4 of 5",
        "a town hall",
        "a remark",
        "same page",
    ):
        assert text in html, text
    assert at("matter", other) in Page(html).links
    assert not [link for link in Page(html).links if "be.test" in link]
    assert "http://be.test" not in html  # nowhere an address that a program would make a link of


def test_taking_giving_back_and_closing(world: World, officer: Client) -> None:
    id = a_matter(world)
    assert officer.post(reverse("take_next_matter"))["Location"] == at("matter", id)
    assert officer.post(reverse("take_next_matter"))["Location"] == reverse("matters")
    assert state_of(id)[:2] == ("taken", "officer-1")
    held = signed_in(a_police_officer(2)).post(at("take_matter", id))
    assert held.status_code == 422
    assert "Somebody else has this matter" in held.content.decode()
    officer.post(at("give_back_matter", id))
    assert state_of(id)[0] == "waiting"
    assert officer.post(at("close_matter", id), {"reason": "done"}).status_code == 422
    officer.post(at("acknowledge_matter", id))
    assert officer.post(at("close_matter", id), {"reason": ""}).status_code == 422
    assert officer.post(at("close_matter", id), {"reason": "done"}).status_code == 302
    assert "done" in shown(officer, id)
    assert at("take_matter", id) not in Page(shown(officer, id)).links


def test_an_officer_acknowledges_once_and_it_no_longer_waits(world: World, officer: Client) -> None:
    a_referral(world, in_state="sent")
    (arrival,) = waiting_arrivals()
    matter = matter_with(arrival["id"])["id"]
    assert at("acknowledge_matter", matter) in Page(shown(officer, matter)).links
    for _twice in range(2):
        assert officer.post(at("acknowledge", arrival["id"]))["Location"] == at("matter", matter)
    html = shown(officer, matter)
    assert "Acknowledged; the sender will be told." in html
    assert at("acknowledge_matter", matter) not in Page(html).links
    assert (row_of(arrival["id"])["state"], row_of(arrival["id"])["acknowledged_by"]) == ("acknowledged", "officer-1")


def test_what_was_called_back_can_no_longer_be_acknowledged(world: World, officer: Client) -> None:
    first = arrived(world)
    arrived(world, recalls=first)
    response = officer.post(at("acknowledge", first))
    assert response.status_code == 409
    assert "This is no longer possible" in response.content.decode()


def test_a_refusal_without_a_reason_stays_on_the_page_and_with_one_is_shown(world: World, officer: Client) -> None:
    id = arrived(world)
    assert "Say why it is refused" in officer.post(at("refuse_arrival", id), {"reason": " "}).content.decode()
    assert row_of(id)["state"] == "waiting"
    officer.post(at("refuse_arrival", id), {"reason": "not for us"})
    assert "not for us" in shown(officer, matter_with(id)["id"])


def test_a_matter_is_passed_on_by_those_who_may_and_seen_by_its_unit(world: World, officer: Client) -> None:
    id, local, coordinator = a_matter(world), a_local_officer(), signed_in(a_coordinator())
    unit = signed_in(local)
    assert listed(unit) == []
    assert unit.get(at("matter", id)).status_code == 404
    assert at("pass_matter", id) not in Page(shown(officer, id)).links
    assert officer.post(at("pass_matter", id), {"unit": local.organisation}).status_code == 403
    assert coordinator.post(at("pass_matter", id), {"unit": "nowhere"}).status_code == 422
    assert coordinator.post(at("pass_matter", id), {"unit": local.organisation}).status_code == 302
    assert listed(unit) == [at("matter", id)]
    assert "be.test" in shown(unit, id)
    assert unit.post(at("take_matter", id)).status_code == 302


def test_a_magistrate_reads_and_changes_nothing(world: World) -> None:
    id = arrived(world)
    matter = matter_with(id)["id"]
    magistrate = signed_in(a_person("magistrate-1", "magistrate", house="authority"))
    page = Page(shown(magistrate, matter))
    assert not [link for link in page.links if link.startswith(("/matters/0", "/arrivals/"))]
    for name in ("take_matter", "acknowledge_matter", "close_matter", "pass_matter"):
        assert magistrate.post(at(name, matter)).status_code == 403
    for name in ("refuse_arrival", "ask_sender", "acknowledge"):
        assert magistrate.post(at(name, id)).status_code == 403


def test_a_matter_that_is_missing_or_hidden_is_not_found(world: World, officer: Client) -> None:
    id = arrived(world)
    found = matter_with(id)
    demanding(found["item_id"], "sealed")
    for matter in (found["id"], uuid7(world.now)):
        assert officer.get(at("matter", matter)).status_code == 404
        assert officer.post(at("take_matter", matter)).status_code == 404
    for arrival in (id, uuid7(world.now)):
        for name in ("acknowledge", "refuse_arrival", "ask_sender", "place_letter"):
            assert officer.post(at(name, arrival), {"text": "x", "reason": "x"}).status_code == 404, name
    assert listed(officer) == []


def test_a_form_of_another_site_acknowledges_nothing(world: World) -> None:
    id = arrived(world)
    officer = signed_in(a_police_officer(), enforce_csrf_checks=True)
    assert officer.post(at("acknowledge", id)).status_code == 403
    assert row_of(id)["state"] == "waiting"


LETTER = {"sender": "a town hall", "text": "A neutral sentence.", "day": "2026-03-02", "time": "09:00"}


def test_a_letter_is_taken_down_and_given_its_address_later(world: World, officer: Client) -> None:
    matter = officer.post(reverse("enter_letter"), {**LETTER, "severity": "4", "flag": ["imminent_danger"]})["Location"]
    html = officer.get(matter).content.decode()
    assert "No address was recognised in it" in html
    assert "Letter without an address" in html
    [letter] = read("SELECT id, severity, flags FROM inbox_arrival", house="authority")
    assert (letter["severity"], letter["flags"]) == (4, ["imminent_danger"])
    wrong = officer.post(at("place_letter", letter["id"]), {"text": "nowhere"})
    assert (wrong.status_code, 'value="nowhere"' in wrong.content.decode()) == (422, True)
    officer.post(at("place_letter", letter["id"]), {"text": "http://be.test/a"})
    assert "hxxp://be[.]test/a" in officer.get(matter).content.decode()


def test_whose_letter_joins_what_others_work_on_is_led_to_the_list(world: World) -> None:
    known, local = arrived(world), signed_in(a_local_officer())
    local.post(reverse("enter_letter"), LETTER)
    [letter] = read("SELECT id FROM inbox_arrival WHERE kind = 'letter'", house="authority")
    answer = local.post(at("place_letter", letter["id"]), {"text": "http://be.test/a"})
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("matters"))
    assert row_of(letter["id"])["matter_id"] == matter_with(known)["id"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"sender": " "}, "Say who wrote the letter"),
        ({"text": " "}, "Write down what the letter says"),
        ({"day": "soon"}, "Give a day and a time"),
        ({"day": "2999-01-01"}, "This moment has not come yet"),
        ({"text": "x" * 8_001}, "longer than 8000"),
    ],
)
def test_nothing_of_a_letter_that_is_refused_is_lost(
    world: World, officer: Client, wrong: dict[str, str], sentence: str
) -> None:
    response = officer.post(reverse("enter_letter"), {**LETTER, "remark": "a remark kept", **wrong})
    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "a remark kept" in html
    assert read("SELECT 1 FROM inbox_arrival", house="authority") == []


def test_a_question_is_asked_here_and_answered_on_the_hotline_s_item(world: World, officer: Client) -> None:
    item = a_referral(world, in_state="sent")
    (arrival,) = waiting_arrivals()
    matter = matter_with(arrival["id"])["id"]
    assert officer.post(at("ask_sender", arrival["id"]), {"text": " "}).status_code == 422
    officer.post(at("ask_sender", arrival["id"]), {"text": "Which page is meant?"})
    assert "not answered yet" in shown(officer, matter)
    drain(world)
    analyst = signed_in(an_analyst())
    assert "Partners who ask back" in analyst.get(reverse("overview")).content.decode()
    for address in (reverse("questions"), at("item", item)):
        assert "Which page is meant?" in analyst.get(address).content.decode()
    [question] = read("SELECT id FROM partners_question")
    assert "is empty" in analyst.post(at("answer_question", question["id"]), {"text": " "}).content.decode()
    back = analyst.post(at("answer_question", question["id"]), {"text": "The second one.", "item": "1"})
    assert back["Location"] == at("item", item)
    drain(world)
    assert "The second one." in shown(officer, matter)
    assert referrals_of(item)[0]["state"] == "sent"  # asking is no answer
    for id in (question["id"], uuid7(world.now)):
        assert officer.post(at("answer_question", id), {"text": "x"}).status_code in (403, 404)


def test_a_question_about_what_demands_a_clearance_is_hidden_with_it(world: World, officer: Client) -> None:
    item = a_referral(world, in_state="sent")
    (arrival,) = waiting_arrivals()
    officer.post(at("ask_sender", arrival["id"]), {"text": "Which page is meant?"})
    drain(world)
    demanding(item, "sealed")
    analyst, [question] = signed_in(an_analyst()), read("SELECT id FROM partners_question")
    assert "Which page is meant?" not in analyst.get(reverse("questions")).content.decode()
    assert analyst.post(at("answer_question", question["id"]), {"text": "x"}).status_code == 404
