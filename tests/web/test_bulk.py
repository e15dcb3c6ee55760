"""Acts on several items: each is named first, and what came of each is told."""

import re
from uuid import UUID

import pytest
from django.http import HttpResponse
from django.urls import reverse

from maillon.access.clearances import give_clearance
from maillon.access.queries import find_actor
from maillon.outbox.acting import Actor
from maillon.web import guard
from tests.factories.chain import case_of, events, read, reported
from tests.factories.people import a_manager, a_senior, an_analyst
from tests.factories.queue import claimed
from tests.factories.world import World
from tests.web.browser import signed_in


@pytest.fixture(autouse=True)
def same_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read the clock of the test's world."""
    monkeypatch.setattr(guard, "CLOCK", world.clock)


@pytest.fixture
def three(world: World) -> list[UUID]:
    found = [reported(world, f"http://{host}.test/a?n=1") for host in ("be", "nl", "fr")]
    world.drain()
    return found


def confirm(items: list[UUID], act: str, who: Actor | None = None) -> HttpResponse:
    return signed_in(who or an_analyst()).get(reverse("bulk"), {"act": act, "item": items})


def do(items: list[UUID], act: str, who: Actor | None = None, **form: object) -> HttpResponse:
    return signed_in(who or an_analyst()).post(reverse("bulk_do"), {"act": act, "item": items, "named": items, **form})


def states(items: list[UUID]) -> list[str]:
    found = {row["id"]: row["state"] for row in read("SELECT id, state FROM items_item")}
    return [found[item] for item in items]


def outcomes(response: HttpResponse) -> list[str]:
    return re.findall(r'<span class="badge badge-(?:done|care)">(done|refused)<', response.content.decode())


def test_the_confirmation_names_each_item_and_does_nothing(three: list[UUID]) -> None:
    html = confirm(three, "offline").content.decode()
    for host, item in zip(("be", "nl", "fr"), three, strict=True):
        assert f"hxxp://{host}[.]test/a?n=1" in html
        assert f'name="item" value="{item}" checked' in html
    assert "Note these items as offline" in html
    assert states(three) == ["open"] * 3


def test_only_what_is_still_ticked_is_done(three: list[UUID]) -> None:
    response = do(three[:2], "offline", named=three, reason="nothing answers")
    assert outcomes(response) == ["done", "done"]
    assert states(three) == ["offline", "offline", "open"]
    assert [e["body"]["statement"] for e in events("went_offline")] == ["nothing answers"] * 2


def test_a_refusal_of_one_leaves_the_others_done_and_says_why(world: World, three: list[UUID]) -> None:
    claimed(world, three[1], an_analyst(2))
    response = do(three, "decide", code="demo/1/A", severity="3")
    assert outcomes(response) == ["done", "refused", "done"]
    assert "Somebody else is at this case now" in response.content.decode()
    assert [case_of(item)["state"] for item in three] == ["settled", "waiting", "settled"]
    again = do(three[:1], "offline", reason="gone")
    assert outcomes(again) == ["done"]
    twice = do(three[:1], "offline", reason="gone")
    assert outcomes(twice) == ["refused"]
    assert 'lang="en"' in twice.content.decode()


def test_a_country_is_stated_for_each(three: list[UUID]) -> None:
    assert outcomes(do(three, "location", country="DE", reason="seen by a person")) == ["done"] * 3
    assert {row["country"] for row in read("SELECT country FROM items_item")} == {"DE"}


def test_a_clearance_demanded_hides_each_from_those_without_it(world: World, three: list[UUID]) -> None:
    senior, day = a_senior(), world.now.date()
    give_clearance(person=senior.name, label="restricted", valid_from=day, valid_until=day.replace(year=2099),
                   reason="named for it", by=a_manager(), at=world.now)  # fmt: skip
    cleared = find_actor(house="hotline", name=senior.name, clock=world.clock)
    assert outcomes(do(three, "demand", cleared, label="restricted", reason="of the house")) == ["done"] * 3
    assert signed_in(an_analyst()).get(reverse("item", kwargs={"id": three[0]})).status_code == 404
    assert "Nothing is ticked" in confirm(three, "offline").content.decode()


@pytest.mark.parametrize(
    ("act", "form", "sentence"),
    [
        ("decide", {"code": "demo/1/A"}, "State a severity"),
        ("location", {"country": "ZZ", "reason": "x"}, "Choose a country."),
        ("offline", {"reason": " "}, "Give the reason"),
    ],
)
def test_a_form_that_cannot_be_used_does_nothing_and_keeps_the_items(
    act: str, form: dict[str, str], sentence: str, three: list[UUID]
) -> None:
    response = do(three, act, **form)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert response.content.decode().count('name="item"') == 3
    assert states(three) == ["open"] * 3


def test_with_nothing_ticked_nothing_is_done(three: list[UUID]) -> None:
    response = do([], "offline", named=three, reason="gone")
    assert response.status_code == 422
    assert "Tick at least one item." in response.content.decode()


def test_an_act_that_is_not_one_s_own_does_not_exist(three: list[UUID]) -> None:
    assert confirm(three, "demand").status_code == 404
    assert confirm(three, "decide", a_manager()).status_code == 404
    assert do(three, "demand", label="restricted", reason="x").status_code == 404
    assert confirm(three, "burn").status_code == 404


def test_a_list_longer_than_a_page_or_of_no_ids_is_refused(three: list[UUID]) -> None:
    many = [UUID(int=n) for n in range(51)]
    assert confirm(many, "offline").status_code == 404
    assert signed_in(an_analyst()).get(reverse("bulk"), {"act": "offline", "item": "x"}).status_code == 404


@pytest.mark.parametrize("page", ["queue", "items"])
def test_the_lists_offer_the_acts_that_are_one_s_own(page: str, three: list[UUID]) -> None:
    html = signed_in(an_analyst()).get(reverse(page)).content.decode()
    assert html.count('form="bulk" name="item"') == 3
    assert re.findall(r'name="act" value="(\w+)"', html) == ["decide", "offline", "location"]
