"""The authority counts its year and states it; the hotline shows the latest statement beside its own figures."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.authority.inbox.services import acknowledge
from maillon.insight.authority_year import COUNTS, authority_figures
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.partners.statements import state_figures, statements
from tests.factories.chain import a_referral, events, waiting_arrivals
from tests.factories.people import a_manager, a_person, a_police_officer
from tests.factories.world import World
from tests.web.browser import signed_in


def a_coordinator() -> Actor:
    return a_person("coordinator-1", "police_coordinator", "federal-police", "authority")


def state(world: World) -> None:
    by = a_coordinator()
    state_figures(year=2026, figures=authority_figures(year=2026, by=by), by=by, at=world.now)
    world.drain()


def shown(house: str = "hotline") -> dict[str, dict[str, int]]:
    with acting(system_actor(house, "reader")):
        return {row["partner"]: row["figures"] for row in statements(year=2026)}


def test_what_arrived_is_counted_in_the_year_in_which_it_arrived_in_brussels(world: World) -> None:
    world.clock.at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)  # half past midnight of the new year in Brussels
    a_referral(world, in_state="sent")
    found = {year: authority_figures(year=year, by=a_police_officer())["arrived"] for year in (2025, 2026)}
    assert found[2026] >= 1
    assert found[2025] == 0


def test_the_hotline_has_the_latest_statement_and_no_other(world: World) -> None:
    a_referral(world, in_state="sent")
    state(world)
    first = shown()["authority"]
    assert first.keys() == COUNTS.keys()
    assert (first["arrived"], first["acknowledged"]) == (1, 0)
    [arrival] = waiting_arrivals()
    acknowledge(id=UUID(str(arrival["id"])), by=a_police_officer(), at=world.now)
    world.wait(hours=1)
    state(world)
    assert shown()["authority"]["acknowledged"] == 1
    assert shown("authority") == shown()
    assert len(events("figures_taken")) == 2


def test_who_may_not_state_figures_does_not(world: World) -> None:
    with pytest.raises(NotAllowed):
        state_figures(year=2026, figures={"arrived": 1}, by=a_police_officer(), at=world.now)
    with pytest.raises(BadInput, match="nobody"):
        state_figures(year=2026, figures={"arrived": 1}, by=a_manager(), at=world.now)
    with pytest.raises(BadInput):
        state_figures(year=2026, figures={"arrived": -1}, by=a_coordinator(), at=world.now)
    with pytest.raises(BadInput):
        authority_figures(year=2026, by=a_manager())


def test_the_button_states_them_and_the_hotlines_page_shows_them(world: World) -> None:
    a_referral(world, in_state="sent")
    year = datetime.now(UTC).year  # noqa: TID251 - the page's own clock
    coordinator, address = signed_in(a_coordinator()), reverse("authority_figures")
    assert "Not stated to the hotline yet" in coordinator.get(address).content.decode()
    assert coordinator.post(reverse("state_figures"), {"year": year}).status_code == 302
    assert "Last stated to the hotline on" in coordinator.get(address).content.decode()
    assert signed_in(a_police_officer()).post(reverse("state_figures"), {"year": year}).status_code == 403
    world.clock.at = datetime.now(UTC)  # noqa: TID251
    world.drain()
    page = signed_in(a_manager()).get(f"{reverse('figures')}?year={year}").content.decode()
    assert "As stated by them on" in page
    assert "Refused by the public prosecutor" in page
