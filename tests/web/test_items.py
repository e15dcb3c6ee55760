"""One item's page, and the lists that lead to it."""

import re
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from maillon.web.paging import SIZE
from tests.factories.chain import a_report, read, received, reported
from tests.factories.people import a_police_officer, an_analyst
from tests.factories.world import World
from tests.web.browser import signed_in
from tests.web.conftest import Lived

MISSING = UUID("01900000-0000-7000-8000-000000000000")


def answer(browser: Client, id: UUID) -> tuple[int, str]:
    """Status and content, without what differs by the address asked for and by the form's token."""
    response = browser.get(reverse("item", kwargs={"id": id}))
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return response.status_code, html.replace(str(id), "")


def test_an_item_of_another_house_answers_like_a_missing_one(lived: Lived) -> None:
    analyst, officer = signed_in(an_analyst()), signed_in(a_police_officer())
    assert answer(analyst, lived.recalled)[0] == 200
    assert answer(analyst, lived.arrived) == answer(analyst, MISSING)
    assert answer(officer, lived.recalled) == answer(officer, MISSING)
    assert answer(officer, MISSING)[0] == 404


def test_a_rule_that_nobody_read_is_shown_as_assumed(lived: Lived) -> None:
    html = signed_in(an_analyst()).get(reverse("item", kwargs={"id": lived.recalled})).content.decode()
    assert '<span class="ref">route/1</span> <span class="badge badge-done">source read</span>' in html
    assert '<span class="badge badge-care">assumed</span>' in html


def test_what_the_sources_said_of_a_location_is_shown_with_its_day(lived: Lived) -> None:
    html = signed_in(an_analyst()).get(reverse("item", kwargs={"id": lived.twice})).content.decode()
    assert "the sources agree" in html
    assert "(2026-03-01)" in html
    assert "registry" in html


@pytest.mark.parametrize("show", ["open", "all", "waiting"])
def test_turning_pages_shows_every_item_once(show: str, world: World) -> None:
    reports = [a_report(f"http://be.test/{n}", received_at=world.now, reference=f"N-{n}") for n in range(2 * SIZE + 20)]
    received(reports, at=world.now)
    world.hand_over()
    seen: list[str] = []
    browser, address = signed_in(an_analyst()), f"{reverse('items')}?show={show}"
    for expected in (SIZE, SIZE, 20):
        html = browser.get(address).content.decode()
        found = re.findall(r'<a data-row href="/items/([0-9a-f-]{36})/">', html)
        assert len(found) == expected
        seen += found
        further = re.search(r'href="(\?show=[^"]+)" rel="next"', html)
        assert (further is not None) is (expected == SIZE)
        address = reverse("items") + further[1].replace("&amp;", "&") if further else ""
    assert len(set(seen)) == 2 * SIZE + 20
    assert set(seen) == {str(row["id"]) for row in read("SELECT id FROM items_item")}


@pytest.mark.parametrize("query", ["show=nothing", "from=x", "show=waiting&from=x~y", "show=waiting&from=2026-01-01~x"])
def test_a_list_that_does_not_exist_is_not_found(query: str, houses: None) -> None:
    assert signed_in(an_analyst()).get(f"{reverse('items')}?{query}").status_code == 404


def test_a_place_in_a_timeline_that_does_not_exist_is_not_found(world: World) -> None:
    address, browser = reverse("item", kwargs={"id": reported(world)}), signed_in(an_analyst())
    for before in ("x", "-1", "99999999999999999999", "٣"):
        assert browser.get(address, {"before": before}).status_code == 404, before


def test_a_timeline_goes_on_where_it_stopped(lived: Lived) -> None:
    browser, address = signed_in(an_analyst()), reverse("item", kwargs={"id": lived.twice})
    kinds = [row["id"] for row in read("SELECT id FROM outbox_event WHERE item = %s ORDER BY id", [lived.twice])]
    html = browser.get(address, {"before": kinds[1]}).content.decode()
    assert html.count('<li class="event">') == 1
