"""A provider with the portal carries out what was ordered, and undoes it once the order is lifted."""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from django.urls import reverse

from maillon.authority.decision.services import extend_order, lift_order
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.partners.letters import acknowledge_letter, refuse_letter
from tests.factories.chain import events, read
from tests.factories.decisions import a_magistrate, a_measure, an_organisation, row_of
from tests.factories.people import a_person
from tests.factories.world import World
from tests.web.browser import signed_in

HOSTER = "hoster-1"


@pytest.fixture
def hoster(houses: None) -> Actor:
    return a_person("hoster-person", "portal_partner", an_organisation(HOSTER), "authority")


@pytest.fixture
def measure(hoster: Actor, world: World) -> UUID:
    found = a_measure(world, partner=HOSTER)
    world.drain()
    return found


def letters() -> list[Row]:
    return read("SELECT * FROM partners_letter ORDER BY number", house="authority")


def test_what_a_provider_says_is_done_is_done_and_what_is_undone_is_undone(
    measure: UUID, hoster: Actor, world: World
) -> None:
    [order] = letters()
    assert (order["kind"], order["partner"], order["body"]["measure"]) == ("order", HOSTER, str(measure))
    acknowledge_letter(id=order["id"], by=hoster, at=world.now)
    world.drain()
    assert row_of("measure", measure)["state"] == "done"
    lift_order(order_id=UUID(order["body"]["order"]), words="No longer.", by=a_magistrate(), at=world.now)
    world.drain()
    order, ended = letters()
    assert (order["state"], ended["kind"], ended["speaks_of"]) == ("recalled", "order_ended", order["id"])
    acknowledge_letter(id=ended["id"], by=hoster, at=world.now)
    world.drain()
    assert row_of("measure", measure)["state"] == "ended"


def test_a_refusal_reaches_the_measure_with_its_reason(measure: UUID, hoster: Actor, world: World) -> None:
    [order] = letters()
    refuse_letter(id=order["id"], reason="not our server", by=hoster, at=world.now)
    world.drain()
    found = row_of("measure", measure)
    assert (found["state"], found["reason"]) == ("refused", "not our server")


def test_an_order_that_goes_on_replaces_its_letter(measure: UUID, hoster: Actor, world: World) -> None:
    [order] = letters()
    until = row_of("order", UUID(order["body"]["order"]))["until"] + timedelta(days=30)
    extend_order(
        order_id=UUID(order["body"]["order"]), until=until, words="For longer.", by=a_magistrate(), at=world.now
    )
    world.drain()
    first, second = letters()
    assert (first["state"], second["state"], second["speaks_of"]) == ("recalled", "waiting", first["id"])


def test_a_provider_has_the_order_as_a_document_and_nobody_elses(measure: UUID, hoster: Actor, world: World) -> None:
    [order] = letters()
    taken = signed_in(hoster).post(reverse("portal_document", args=[order["id"]]))
    assert (taken.status_code, taken["Content-Type"]) == (200, "application/pdf")
    [*_, noted] = events("decision_document_taken", house="authority")
    assert noted["body"]["document"] == sha256(taken.content).hexdigest()
    other = a_person("other-hoster", "portal_partner", an_organisation("hoster-2"), "authority")
    foreign = signed_in(other).post(reverse("portal_document", args=[order["id"]]))
    missing = signed_in(other).post(reverse("portal_document", args=[measure]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
