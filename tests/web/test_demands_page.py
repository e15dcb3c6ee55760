"""A clearance that an item demands is demanded and lifted on a page, for a reason, by who holds it."""

from uuid import UUID

import pytest
from django.urls import reverse

from maillon.items.demands import demands
from maillon.outbox.acting import Actor, acting
from tests.factories.chain import reported
from tests.factories.people import a_senior, an_analyst, cleared
from tests.factories.world import World
from tests.web.browser import signed_in


@pytest.fixture
def item(world: World) -> UUID:
    return reported(world, "http://be.test/demanding")


def held(item: UUID, by: Actor) -> list[str]:
    with acting(by):
        return [row["label"] for row in demands(item_id=item)]


def test_it_is_demanded_then_lifted_and_the_item_is_shown_to_others_again(item: UUID) -> None:
    senior, analyst = cleared(a_senior(), "sealed"), an_analyst()
    page, shown = reverse("demands", args=[item]), reverse("item", args=[item])
    assert page in signed_in(senior).get(shown).content.decode()
    signed_in(senior).post(reverse("demand_clearance", args=[item]), {"label": "sealed", "reason": "asked by name"})
    assert held(item, senior) == ["sealed"]
    assert signed_in(analyst).get(shown).status_code == 404
    assert "asked by name" in signed_in(senior).get(page).content.decode()
    answer = signed_in(senior).post(reverse("lift_demand", args=[item]), {"label": "sealed", "reason": "over"})
    assert answer["Location"] == page
    assert held(item, senior) == []
    assert signed_in(analyst).get(shown).status_code == 200


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("demand_clearance", {"label": "sealed", "reason": " "}),
        ("demand_clearance", {"label": "restricted", "reason": "not held"}),
        ("demand_clearance", {"label": "none", "reason": "unknown"}),
        ("lift_demand", {"label": "sealed", "reason": "not demanded"}),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(item: UUID, name: str, given: dict[str, str]) -> None:
    senior = cleared(a_senior(), "sealed")
    answer = signed_in(senior).post(reverse(name, args=[item]), given)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert held(item, senior) == []


def test_who_may_not_demand_has_no_such_page(item: UUID) -> None:
    assert signed_in(an_analyst()).get(reverse("demands", args=[item])).status_code == 403
    assert (
        reverse("demands", args=[item])
        not in signed_in(an_analyst()).get(reverse("item", args=[item])).content.decode()
    )
