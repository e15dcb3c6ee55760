"""The queue: what hurts first stands on top, and whoever takes something has it alone."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from maillon.hotline.analysis.claiming import claim_minutes
from maillon.outbox.acting import Actor
from maillon.web import guard
from tests.factories.chain import a_case, case_of, read, reported
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.queue import claimed, many_cases
from tests.factories.world import World
from tests.web.browser import signed_in

QUEUE = "/queue/"


@pytest.fixture(autouse=True)
def same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read the clock of the test's world."""
    monkeypatch.setattr(guard, "CLOCK", world.clock)


def at_the_desk(actor: Actor | None = None) -> Client:
    return signed_in(actor or an_analyst())


def html(browser: Client, query: str = "") -> str:
    response = browser.get(f"{QUEUE}{query}")
    assert response.status_code == 200
    return response.content.decode()


def items_in(page: str) -> list[str]:
    return re.findall(r'<a data-row href="/items/([0-9a-f-]{36})/', page)


def waiting(world: World, *hosts: str) -> list[UUID]:
    found = []
    for host in hosts:
        found.append(reported(world, f"http://{host}/a"))
        world.hand_over()
        world.wait(seconds=1)
    return found


def test_what_is_late_says_so_and_what_is_not_says_how_long_it_has(world: World) -> None:
    waiting(world, "be.test")
    assert "hours left" in html(at_the_desk())
    world.wait(days=3)
    assert "late by" in html(at_the_desk())


def test_the_next_one_is_the_first_of_the_queue_and_is_shown_as_taken(world: World) -> None:
    first, second = waiting(world, "be.test", "nl.test")
    mine, theirs = at_the_desk(), at_the_desk(an_analyst(2))
    assert mine.post(reverse("take"))["Location"] == f"/items/{first}/"
    assert theirs.post(reverse("take"))["Location"] == f"/items/{second}/"
    assert case_of(first)["claimed_by"] == "analyst-1"
    assert "analyst-1" in html(theirs)
    assert "You are at" in html(mine)


def test_the_next_one_is_what_the_filter_asks_for_and_the_filter_goes_along(world: World) -> None:
    _be, nl = waiting(world, "be.test", "nl.test")
    answer = at_the_desk().post(reverse("take"), {"site": "nl.test"})
    assert answer["Location"] == f"/items/{nl}/?site=nl.test"


def test_an_empty_queue_is_a_calm_page(world: World) -> None:
    browser = at_the_desk()
    assert "Every item has its opinions" in html(browser)
    assert browser.post(reverse("take"))["Location"] == QUEUE
    assert "there is nothing to take" in html(browser)


def test_one_row_can_be_taken_but_not_from_somebody_else(world: World) -> None:
    first, second = waiting(world, "be.test", "nl.test")
    claimed(world, first, an_analyst(2))
    browser = at_the_desk()
    page = html(browser)
    assert f'value="{case_of(second)["id"]}"' in page
    assert f'value="{case_of(first)["id"]}"' not in page
    assert browser.post(reverse("take"), {"case": case_of(second)["id"]})["Location"] == f"/items/{second}/"
    refused = browser.post(reverse("take"), {"case": case_of(first)["id"]})
    assert refused.status_code == 409
    assert "Somebody else is at this case now" in refused.content.decode()


def test_giving_back_frees_the_case_and_the_browser_can_do_it_quietly(world: World) -> None:
    (item,) = waiting(world, "be.test")
    browser, case = at_the_desk(), case_of(item)["id"]
    for more, status in (({}, 302), ({"quietly": "yes"}, 204)):
        browser.post(reverse("take"), {"case": case})
        assert case_of(item)["claimed_by"] == "analyst-1"
        assert browser.post(reverse("leave"), {"case": case, **more}).status_code == status
        assert case_of(item)["claimed_by"] == ""


def test_a_claim_that_ran_out_is_shown_no_more(world: World) -> None:
    (item,) = waiting(world, "be.test")
    claimed(world, item, an_analyst(2))
    assert "analyst-2" in html(at_the_desk())
    world.clock.at += claim_minutes(world.now)
    assert "analyst-2" not in html(at_the_desk())


def test_a_dispute_is_offered_to_a_senior_alone(world: World) -> None:
    case = case_of(a_case(world, in_state="disputed"))["id"]
    assert f'value="{case}"' not in html(at_the_desk(an_analyst(3)))
    assert "for a senior analyst" in html(at_the_desk(an_analyst(3)))
    assert f'value="{case}"' in html(at_the_desk(a_senior()))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?state=waiting", {"be.test", "nl.test"}),
        ("?state=second_opinion", {"de.test"}),
        ("?country=NL", {"nl.test"}),
        ("?site=be.test", {"be.test"}),
        ("?channel=web&language=fr", {"be.test", "nl.test", "de.test"}),
        ("?channel=phone", set()),
        ("?urgency=1", set()),
        ("?late=yes", set()),
    ],
)
def test_a_filter_shows_what_it_asks_for(query: str, found: set[str], world: World) -> None:
    waiting(world, "be.test", "nl.test")
    a_case(world, in_state="second_opinion", text="http://de.test/a")
    page = html(at_the_desk(), query)
    assert set(re.findall(r'data-row href="[^"]*"><span class="site">([^<]+)<', page)) == found


@pytest.mark.parametrize("query", ["?state=settled", "?urgency=9", "?urgency=x", "?from=x", "?from=1~x~y"])
def test_a_filter_that_cannot_be_is_not_found(query: str, world: World) -> None:
    assert at_the_desk().get(f"{QUEUE}{query}").status_code == 404


def test_turning_pages_shows_every_case_once(world: World) -> None:
    many_cases(world, 75)
    browser, query, seen = at_the_desk(), "?state=waiting", []
    for expected in (30, 30, 15):
        page = html(browser, query)
        assert len(items_in(page)) == expected
        seen += items_in(page)
        further = re.search(r'href="(\?state=waiting&amp;from=[^"]+)" rel="next"', page)
        assert (further is not None) is (expected == 30)
        query = further[1].replace("&amp;", "&") if further else ""
    assert len(set(seen)) == 75


def test_a_filter_is_kept_shared_and_removed_by_its_owner_alone(world: World) -> None:
    mine, theirs = at_the_desk(), at_the_desk(an_analyst(2))
    kept = mine.post(reverse("save_filter"), {"name": "Dutch ones", "country": "NL", "late": "yes"})
    assert kept["Location"] == "/queue/?country=NL&late=yes"
    (row,) = read("SELECT id FROM analysis_filter")
    assert "Dutch ones" in html(mine)
    assert "Dutch ones" not in html(theirs)
    mine.post(reverse("share_filter", kwargs={"id": row["id"]}), {"shared": "yes"})
    assert 'href="/queue/?country=NL&amp;late=yes"' in html(theirs).replace("&amp;", "&").replace("&", "&amp;")
    assert theirs.post(reverse("remove_filter", kwargs={"id": row["id"]})).status_code == 404
    mine.post(reverse("remove_filter", kwargs={"id": row["id"]}))
    assert "Dutch ones" not in html(theirs)


def test_a_filter_without_a_name_is_not_kept(world: World) -> None:
    browser = at_the_desk()
    browser.post(reverse("save_filter"), {"name": " ", "country": "NL"})
    assert "Give the filter a name." in html(browser)
    assert read("SELECT id FROM analysis_filter") == []


def test_who_may_not_assess_looks_and_takes_nothing(world: World) -> None:
    waiting(world, "be.test")
    manager = at_the_desk(a_manager())
    assert 'id="take"' not in html(manager)
    assert manager.post(reverse("take")).status_code == 403


def test_nothing_is_taken_by_a_form_of_another_site(world: World) -> None:
    (item,) = waiting(world, "be.test")
    browser = signed_in(an_analyst(), enforce_csrf_checks=True)
    assert browser.post(reverse("take")).status_code == 403
    assert case_of(item)["claimed_by"] == ""
