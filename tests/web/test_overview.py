"""What needs a person."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from maillon.hotline.analysis.claiming import claim
from maillon.hotline.intake.contacts import read_contact
from maillon.hotline.intake.following import reporter_writes
from maillon.hotline.intake.receipts import hash_receipt, new_receipt
from maillon.hotline.intake.submitting import reporter_actor, submit
from maillon.hotline.referral import overview
from maillon.items.demands import demand_clearance
from maillon.outbox.acting import Actor, acting
from maillon.web import needs as module
from maillon.web.pages.overview import events_for
from maillon.web.reporter.keys import KEYS
from tests.factories.chain import a_case, case_of, read, reported
from tests.factories.people import a_manager, a_person, a_police_officer, a_senior, an_analyst
from tests.factories.reporters import submitted
from tests.factories.world import World
from tests.web.browser import signed_in
from tests.web.conftest import Lived


def a_director() -> Actor:
    return a_person("director-1", "director")


ROLES = (an_analyst, a_senior, a_manager, a_director)


def needs(html: str) -> dict[str, int]:
    """The numbers shown, by what they count."""
    found = re.findall(r'class="count">(\d+)</span>\s*<span class="text">(?:<a [^>]*>)?([^<]+)<', html)
    return {text: int(number) for number, text in found}


def test_the_hotline_sees_what_waits_for_its_people(lived: Lived) -> None:
    shown = needs(signed_in(an_analyst()).get(reverse("overview")).content.decode())
    assert shown["To be assessed"] == 1  # the one that went offline waits all the same
    assert shown["Opinions disagree"] == 1
    assert shown["Country to be decided"] == 1
    assert shown["Steps that are stuck"] == shown["Messages that are stuck"] == 0


def test_the_authority_sees_what_it_must_acknowledge(lived: Lived) -> None:
    html = signed_in(a_police_officer()).get(reverse("overview")).content.decode()
    free = signed_in(a_police_officer()).get(reverse("matters"), {"show": "free"}).content.decode()
    assert needs(html)["Matters that nobody has"] == free.count('<a href="/matters/0') > 0
    assert needs(html)["Matters to acknowledge"] == free.count("to answer") > 0


def test_a_number_leads_to_as_many_rows(lived: Lived) -> None:
    analyst = signed_in(an_analyst())
    html = analyst.get(reverse("overview")).content.decode()
    cards = re.findall(r'class="count">(\d+)</span>\s*<span class="text"><a href="([^"]+show=[^"]+)"', html)
    assert len(cards) == 6
    for number, address in cards:
        assert analyst.get(address).content.decode().count('scope="row"') == int(number), address


def test_what_hurts_stands_before_what_waits_before_what_does_not(lived: Lived) -> None:
    html = signed_in(a_manager()).get(reverse("overview")).content.decode()
    classes = re.findall(r'<li class="need([^"]*)">', html)
    ranks = [("need-late" in found and 1) or ("need-none" in found and 3) or 2 for found in classes]
    assert ranks == sorted(ranks)
    assert {1, 3} <= set(ranks)


def test_each_role_sees_what_it_can_do_something_about(lived: Lived) -> None:
    shown = {who: set(needs(signed_in(who()).get(reverse("overview")).content.decode())) for who in ROLES}
    assert "Held by you" in shown[an_analyst]
    assert "Cases past their term" not in shown[an_analyst]
    assert {"Cases past their term", "Referrals past their term"} <= shown[a_manager]
    assert {"Reports without an address", "Reporters who answered"} & shown[a_manager] == set()
    assert {"Reports without an address", "Reporters who answered"} <= shown[a_senior]
    assert shown[a_director] >= {"Cases past their term", "Opinions disagree"}


def test_a_director_is_led_nowhere_that_is_closed(lived: Lived) -> None:
    director = signed_in(a_director())
    links = re.findall(r'<span class="text"><a href="(/[^"#]*)', director.get(reverse("overview")).content.decode())
    assert links
    assert {director.get(link).status_code for link in links} == {200}


def test_a_case_one_holds_stands_first(world: World) -> None:
    item = reported(world)
    world.drain()
    now = datetime.now(UTC)  # noqa: TID251 - the page's own clock
    claim(case_id=case_of(item)["id"], by=an_analyst(), at=now)
    html = signed_in(an_analyst()).get(reverse("overview")).content.decode()
    assert next(iter(needs(html).items())) == ("Held by you", 1)


def test_reporters_who_answered_are_listed_until_somebody_read(world: World) -> None:
    receipt = new_receipt(KEYS.making, "a form")
    hashed = hash_receipt(KEYS.storing, receipt)
    submit(receipt_hash=hashed, language="fr", text="http://be.test/a", by=reporter_actor(), at=world.now)
    world.drain()
    reporter_writes(receipt_hash=hashed, receipt=receipt, text="hier", by=reporter_actor(), at=world.now)
    (report,) = read("SELECT id FROM intake_report")
    address = reverse("report", args=[report["id"]])
    analyst = signed_in(an_analyst())
    assert address in analyst.get(reverse("overview")).content.decode()
    analyst.post(reverse("read_answers", args=[report["id"]]))
    assert address not in analyst.get(reverse("overview")).content.decode()


def test_who_must_not_know_an_opinion_does_not_read_it_here(world: World) -> None:
    a_case(world, in_state="second_opinion")
    latest = {who: signed_in(who).get(reverse("overview")).content.decode() for who in (an_analyst(1), an_analyst(2))}
    assert "Assessed" in latest[an_analyst(1)]
    assert "Assessed" not in latest[an_analyst(2)]


def test_what_is_counted_no_further_says_so(lived: Lived, monkeypatch: pytest.MonkeyPatch) -> None:
    for counting in (overview, module):
        monkeypatch.setattr(counting, "COUNTED", 1)
    html = signed_in(an_analyst()).get(reverse("overview")).content.decode()
    assert re.search(r'class="count">1\+</span>\s*<span class="text"><a [^>]*>To be assessed<', html)
    assert 'class="count">1</span>' not in html


def test_of_a_hidden_report_neither_its_reference_nor_why_its_author_was_reached_is_told(world: World) -> None:
    submitted(text="http://be.test/a http://nl.test/b", contact="c@mail.test")
    world.drain()
    [report] = read("SELECT id, reference FROM intake_report")
    hidden, open_to_all = (
        read("SELECT i.id FROM items_item i JOIN items_site s ON s.id = i.site_id WHERE s.name = %s", [name])[0]["id"]
        for name in ("be.test", "nl.test")
    )
    cleared = replace(a_senior(), clearances=frozenset({"restricted"}))
    demand_clearance(item_id=hidden, label="restricted", reason="told to few", by=cleared, at=world.now)
    read_contact(report_id=report["id"], reason="a reason of one report", by=cleared, at=world.now)
    with acting(cleared):
        assert "a reason of one report" in str(events_for(cleared))
        assert overview.cases(at=world.now)["waiting"].total == 2
    with acting(an_analyst(3)):
        assert overview.cases(at=world.now)["waiting"].total == 1
    for address in (reverse("overview"), reverse("item", kwargs={"id": open_to_all})):
        response = signed_in(an_analyst(3)).get(address)
        assert response.status_code == 200
        assert report["reference"] not in response.content.decode()
        assert "a reason of one report" not in response.content.decode()
