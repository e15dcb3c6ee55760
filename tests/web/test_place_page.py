"""Where an item is, on a page: what was found hop by hop and how old it is; an origin, a country, a question."""

from uuid import UUID

import pytest
from django.urls import reverse

from maillon.kernel.clock import SystemClock
from maillon.observation.answers import Answered
from maillon.observation.contacts import contacts_due
from tests.factories.chain import read, reported
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import World, provider_in
from tests.observation.test_locations import captured, location
from tests.web.browser import signed_in


@pytest.fixture
def item(world: World) -> UUID:
    found = reported(world, "http://be.test/a")
    world.drain()
    return found


def test_the_way_is_shown_hop_by_hop_with_who_referred_and_who_stands_there(world: World, item: UUID) -> None:
    provider_in(servers="NL", established="FR")
    first = ("http://be.test/a", "http://fr.test/list", "192.0.2.1")
    captured(world, item, first, ("http://nl.test/b", "http://be.test/a", "192.0.2.2"))
    world.drain()
    for name in ("item", "located"):
        shown = signed_in(an_analyst()).get(reverse(name, args=[item])).content.decode()
        assert "led on to several countries" in shown
        assert "referred by fr.test" in shown
        assert "provider established in France" in shown
        assert "http://nl.test" not in shown


def test_old_data_are_told_where_the_place_is_shown(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.wait(days=200)
    world.drain()
    for name in ("item", "located"):
        assert "low confidence" in signed_in(an_analyst()).get(reverse(name, args=[item])).content.decode()


def test_an_origin_is_stated_in_a_form_and_locates_the_item(world: World, item: UUID) -> None:
    world.wait(seconds=1)
    given = {"address": "192.0.2.2", "told_by": "network", "statement": "its answer to us"}
    answer = signed_in(an_analyst()).post(reverse("state_origin", args=[item]), given)
    assert answer["Location"] == reverse("located", args=[item])
    told = read("SELECT origin, statement FROM observation_location WHERE reason = 'origin_told'")
    assert told == [{"origin": "192.0.2.2", "statement": "its answer to us"}]


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("state_origin", {"address": "be.test", "told_by": "person", "statement": "x"}),
        ("state_origin", {"address": "192.0.2.2", "told_by": "nobody", "statement": "x"}),
        ("state_origin", {"address": "192.0.2.2", "told_by": "person", "statement": ""}),
        ("state_country", {"country": "XX", "statement": "x"}),
        ("state_country", {}),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence_and_what_was_typed_stays(
    item: UUID, name: str, given: dict[str, str]
) -> None:
    answer = signed_in(an_analyst()).post(reverse(name, args=[item]), given)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert 'role="alert"' in shown
    assert f'value="{given.get("address", "")}"' in shown


def test_a_country_is_stated_in_a_form(item: UUID) -> None:
    signed_in(an_analyst()).post(reverse("state_country", args=[item]), {"country": "NL", "statement": "a letter"})
    assert (location(item)["country"], location(item)["statement"]) == ("NL", "a letter")


def test_the_registries_are_asked_and_their_answer_is_text(item: UUID) -> None:
    page = reverse("located", args=[item])
    assert signed_in(an_analyst()).post(reverse("ask_contact", args=[item]))["Location"] == page
    assert "waiting" in signed_in(an_analyst()).get(page).content.decode()
    named = Answered("found", "registry.test", 200, "abuse@hoster.test", "<b>Desk</b>", "AB1-TEST")
    contacts_due(house="hotline", ask=lambda kind, value: named, clock=SystemClock())
    for name in ("item", "located"):
        shown = signed_in(an_analyst()).get(reverse(name, args=[item])).content.decode()
        assert "<code>abuse@hoster.test</code>" in shown
        assert "mailto:" not in shown
        assert "<b>Desk" not in shown


def test_who_may_not_state_a_place_sees_no_form(item: UUID) -> None:
    manager = signed_in(a_manager())
    assert reverse("state_origin", args=[item]) not in manager.get(reverse("located", args=[item])).content.decode()
    assert manager.post(reverse("state_origin", args=[item]), {}).status_code == 403
    assert manager.post(reverse("ask_contact", args=[item]), {}).status_code == 403
