"""The portal's pages: what was sent to one's organisation, on one screen, and answering it."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.envelope import read_document
from tests.factories.chain import a_referral, assessed, events, read, says
from tests.factories.people import a_manager, an_analyst
from tests.factories.portal import FRENCH, a_letter, a_partner, an_order, its_end, laid, letters_about
from tests.factories.world import NOW, World
from tests.web.browser import Page, signed_in

HOST = "host-one"


@pytest.fixture
def reader(world: World) -> Actor:
    return a_partner()


@pytest.fixture
def browser(reader: Actor) -> Client:
    return signed_in(reader)


def at(name: str, letter: Row | UUID) -> str:
    return reverse(name, kwargs={"id": letter if isinstance(letter, UUID) else letter["id"]})


def html_of(browser: Client, letter: Row, status: int = 200) -> str:
    response = browser.get(at("portal_letter", letter))
    assert response.status_code == status
    return str(response.content.decode())


def text_of(html: str) -> str:
    return " ".join(Page(html).texts)


def test_a_partner_begins_with_what_waits_for_it(browser: Client, world: World) -> None:
    letter = a_letter(world)
    response = browser.get(reverse("overview"), follow=True)
    assert response.redirect_chain == [(reverse("portal"), 302)]
    html = response.content.decode()
    assert "1 letter waits for you" in html
    assert at("portal_letter", letter) in html
    assert ">fr.test<" in html
    for staff in ("overview", "keys", "design", "items", "referrals"):
        assert f'<li><a href="{reverse(staff)}"' not in html


def test_imminent_danger_stands_on_top(browser: Client, world: World) -> None:
    a_letter(world, "http://calm.fr.test/a")
    a_letter(world, "http://grave.fr.test/a", flags=("imminent_danger",))
    html = browser.get(reverse("portal")).content.decode()
    assert html.index("grave.fr.test") < html.index("calm.fr.test")
    assert "imminent danger" in html


def test_a_long_list_goes_on_where_it_ended(browser: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("maillon.web.paging.SIZE", 1)
    monkeypatch.setattr("maillon.web.paging.shown.__defaults__", (1,))
    for name in "ab":
        a_letter(world, f"http://{name}.fr.test/x")
    first = browser.get(reverse("portal")).content.decode()
    [following] = [link for link in Page(first).links if "from=" in link]
    second = browser.get(f"{reverse('portal')}{following}").content.decode()
    assert ("a.fr.test" in first, "b.fr.test" in first) == (True, False)
    assert ("a.fr.test" in second, "b.fr.test" in second) == (False, True)


@pytest.mark.parametrize("place", ["x", "3~2026-01-01T00:00:00+00:00~x", "1~2026-01-01", "9~~"])
def test_a_place_that_is_none_is_not_found(place: str, browser: Client) -> None:
    assert browser.get(reverse("portal"), {"from": place}).status_code == 404


def test_a_letter_shows_the_exact_address_to_copy_and_never_as_a_link(browser: Client, world: World) -> None:
    html = html_of(browser, a_letter(world, "http://fr.test/a?b=1&c=2"))
    page = Page(html)
    assert "hxxp://fr[.]test/a" in html
    [field] = [attributes for tag, attributes in page.elements if attributes.get("id") == "exact"]
    assert "readonly" in field
    assert ">http://fr.test/a?b=1&amp;c=2</textarea>" in html
    assert not [link for link in page.links if "fr.test" in link]


def test_a_letter_of_another_partner_is_no_other_than_a_missing_one(browser: Client, world: World) -> None:
    letter, stranger = a_letter(world), signed_in(a_partner(id="inhope-nl"))
    asked = [(name, "get") for name in ("portal_letter", "portal_file")]
    asked += [(name, "post") for name in ("portal_acknowledge", "portal_refuse", "portal_ask")]
    for name, method in asked:
        theirs, missing = (
            getattr(stranger, method)(at(name, id), {"reason": "no", "text": "no"}) for id in (letter["id"], uuid7(NOW))
        )
        assert theirs.status_code == missing.status_code == 404
        assert text_of(theirs.content.decode()) == text_of(missing.content.decode())
        assert str(letter["item_id"]) not in theirs.content.decode()
    assert "Nothing waits for you" in stranger.get(reverse("portal")).content.decode()
    assert events("letter_opened") == events("message_received") == []


@pytest.mark.parametrize("who", [an_analyst, a_manager])
def test_the_house_s_own_people_do_not_enter_the_portal(who: Any, houses: None) -> None:
    assert signed_in(who()).get(reverse("portal")).status_code == 403


def test_a_partner_sees_no_page_of_the_house(browser: Client, world: World) -> None:
    letter = a_letter(world)
    for address in (reverse("items"), reverse("referrals"), reverse("item", args=[letter["item_id"]])):
        assert browser.get(address).status_code == 403


def test_a_partner_takes_note(browser: Client, reader: Actor, world: World) -> None:
    letter = a_letter(world)
    response = browser.post(at("portal_acknowledge", letter), follow=True)
    assert "The sender learns of it now." in response.content.decode()
    assert "Nothing waits for you" in response.content.decode()
    assert f"You took note. {reader.name}" in text_of(html_of(browser, letter))
    assert at("portal_letter", letter) in browser.get(reverse("portal"), {"show": "answered"}).content.decode()


def test_a_partner_refuses_with_a_reason(browser: Client, world: World) -> None:
    letter = a_letter(world)
    response = browser.post(at("portal_refuse", letter), {"reason": "  "})
    assert response.status_code == 422
    assert "Write something first." in response.content.decode()
    browser.post(at("portal_refuse", letter), {"reason": "Not <ours>"})
    html = html_of(browser, letter)
    assert "Not &lt;ours&gt;" in html
    assert at("portal_acknowledge", letter) not in html


def test_a_partner_asks_back_and_reads_the_answer_with_its_question(
    browser: Client, reader: Actor, world: World
) -> None:
    letter = a_letter(world)
    response = browser.post(at("portal_ask", letter), {"text": "Which page?"}, follow=True)
    assert "Which page?" in response.content.decode()
    [asked] = letters_about(letter["item_id"])[0]["asked"]
    body = {
        "question": asked["question"], "item": letter["body"]["item"], "text": "The second one.",
        "answered_by": "hotline", "answered_at": stamp(world.now),
    }  # fmt: skip
    answer = laid(world, reader, "answer", 9, body)
    listed = browser.get(reverse("portal")).content.decode()
    assert "An answer to your question" in listed
    response = browser.get(at("portal_letter", answer), follow=True)
    assert response.redirect_chain == [(at("portal_letter", letter), 302)]
    assert "The second one." in response.content.decode()
    assert "An answer to your question" not in browser.get(reverse("portal")).content.decode()


def test_what_was_called_back_says_so_and_takes_no_answer(browser: Client, world: World) -> None:
    letter = a_letter(world)
    assessed(world, letter["item_id"], says("N"))
    world.drain()
    _first, callback = letters_about(letter["item_id"])
    html = html_of(browser, letter)
    assert "This was called back. Do not act on it any more." in html
    assert at("portal_letter", callback) in html
    assert at("portal_acknowledge", letter) not in html
    late = browser.post(at("portal_acknowledge", letter))
    assert late.status_code == 422
    assert "called back or answered in the meantime" in late.content.decode()
    html = html_of(browser, callback)
    assert "Please stop: this no longer holds" in html
    assert at("portal_letter", letter) in html
    assert at("portal_refuse", callback) not in html
    assert browser.post(at("portal_acknowledge", callback)).status_code == 302


def test_an_order_shows_its_number_its_basis_and_its_end(world: World) -> None:
    a_referral(world, in_state="sent")
    [item] = read("SELECT id FROM items_item", house="authority")
    host = a_partner(id=HOST, kind="hosting_provider", house="authority")
    letter, browser = an_order(world, host, item["id"]), signed_in(host)
    said = text_of(html_of(browser, letter))
    for part in ("Please take this offline", "2026/1", "a procedure", "in writing"):
        assert part in said
    assert '<dd lang="fr">une base légale</dd>' in html_of(browser, letter)
    assert "Done: it is offline" in said
    ended = its_end(world, host, letter)
    assert ended["speaks_of"] == letter["id"]
    said = text_of(html_of(browser, ended))
    for part in ("Please undo this: the order has ended", "A magistrate lifted the order.", "2026/1"):
        assert part in said
    assert "Do not act on it any more." in html_of(browser, letter)


def test_the_letter_can_be_kept_as_the_message_that_it_is(browser: Client, world: World) -> None:
    letter = a_letter(world)
    response = browser.get(at("portal_file", letter))
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Type"] == "application/json"
    envelope = read_document(json.loads(response.content))
    assert (envelope.id, envelope.recipient, envelope.body) == (letter["id"], FRENCH, letter["body"])
    assert [event["kind"] for event in events("letter_opened")] == ["letter_opened"]


def test_opening_a_letter_leaves_one_trace(browser: Client, reader: Actor, world: World) -> None:
    letter = a_letter(world)
    for _twice in range(2):
        html_of(browser, letter)
    [opened] = events("letter_opened")
    assert (opened["actor"], opened["organisation"], opened["item"]) == (reader.name, FRENCH, letter["item_id"])


@pytest.mark.parametrize("languages", [("fr", "nl", "de", "en")])
def test_every_page_of_the_portal_opens_in_every_language(
    languages: Sequence[str], reader: Actor, world: World
) -> None:
    letter = a_letter(world)
    for language in languages:
        browser = signed_in(reader, language)
        for address in (reverse("portal"), at("portal_letter", letter), f"{reverse('portal')}?show=recalled"):
            assert Page(browser.get(address).content.decode()).language == language
