"""What is asked of the public prosecutor, decided and done: people, and rows reached through the services."""

from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from maillon.access.services import add_organisation
from maillon.authority.decision.procedures import procedures
from maillon.authority.decision.services import (
    confirm_approval,
    note_approval,
    order_in_writing,
    record_measure,
    record_procedure,
    request_decision,
)
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row
from tests.database import FOUNDED
from tests.factories.chain import a_referral, read
from tests.factories.inbox import arrived
from tests.factories.people import a_person, a_police_officer, an_operator
from tests.factories.world import World

_numbers = count(1)
OFFICE = "brussels-prosecutor"
KINDS = {
    OFFICE: ("local_prosecutor", "Public prosecutor's office of Brussels"),
    "ghent-prosecutor": ("local_prosecutor", "Public prosecutor's office of Ghent"),
    "federal-prosecutor": ("federal_prosecutor", "Federal prosecutor's office"),
    "hoster-1": ("hosting_provider", "First hosting provider"),
    "hoster-2": ("hosting_provider", "Second hosting provider"),
    "hoster-3": ("hosting_provider", "Third hosting provider"),
    "access-1": ("access_provider", "First access provider"),
}
"""Organisations of the tests: kind and name by id."""


def an_organisation(id: str) -> str:
    """One of KINDS, made known to the authority once."""
    if not read("SELECT 1 FROM access_organisation WHERE id = %s", [id], "authority"):
        kind, name = KINDS[id]
        add_organisation(id=id, kind=kind, name=name, by=an_operator("authority"), at=FOUNDED)
    return id


def a_magistrate(number: int = 1, office: str = OFFICE) -> Actor:
    """A magistrate of an office; each office has its own."""
    return a_person(f"{office}-magistrate-{number}", "magistrate", an_organisation(office), "authority")


def a_procedure(kind: str = "removal", *, since: date = date(2018, 1, 1), until: date | None = None) -> Row:
    """The procedure for this kind of measure that begins on a day, recorded once."""
    by = an_operator("authority")
    with acting(by):
        known = [row for row in procedures() if (row["kind"], row["valid_from"]) == (kind, since)]
    if not known:
        record_procedure(
            kind=kind, name=f"Procedure for {kind}", parties=["justice", "hotline", "providers"], agreed_on=since,
            valid_from=since, valid_until=until, source="agreed for the tests", by=by, at=FOUNDED,
        )  # fmt: skip
        with acting(by):
            known = [row for row in procedures() if (row["kind"], row["valid_from"]) == (kind, since)]
    return known[0]


def an_item_at_police(world: World) -> UUID:
    """An item that the hotline settled and referred: the authority's own row of it."""
    a_referral(world, in_state="sent")
    [found] = read("SELECT id FROM items_item", house="authority")
    return UUID(str(found["id"]))


def another_item(world: World, **more: Any) -> UUID:
    """Something else that arrives, without the hotline that sends it: the authority's own row of it."""
    arrival = arrived(world, f"http://be.test/{next(_numbers)}", **more)
    [found] = read("SELECT item_id FROM inbox_arrival WHERE id = %s", [arrival], "authority")
    return UUID(str(found["item_id"]))


def a_request(
    world: World,
    item: UUID | None = None,
    *,
    kind: str = "removal",
    office: str = OFFICE,
    language: str = "fr",
    urgent: bool = False,
) -> UUID:
    """A police officer asks an office, which has a magistrate; the request."""
    a_magistrate(office=office)
    return request_decision(
        item_id=item or an_item_at_police(world), kind=kind, office=office, language=language,
        reasons="as the hotline assessed it", urgent=urgent, by=a_police_officer(), at=world.now,
    )  # fmt: skip


def an_approval(
    world: World,
    request: UUID | None = None,
    *,
    magistrate: Actor | None = None,
    confirmed: bool = False,
    given_at: datetime | None = None,
    days: float = 5,
) -> UUID:
    """A magistrate approved by telephone, and the police noted it; the order."""
    request = request or a_request(world)
    who, given_at = magistrate or a_magistrate(), given_at or world.now
    order = note_approval(
        request_id=request, magistrate=who.name, words="Yes, until Friday.", given_at=given_at,
        until=given_at + timedelta(days=days), by=a_police_officer(), at=world.now,
    )  # fmt: skip
    if confirmed:
        confirm_approval(order_id=order, words="I did.", by=who, at=world.now)
    return order


def an_order(
    world: World,
    request: UUID | None = None,
    *,
    by: Actor | None = None,
    days: float = 100,
    words: str = "The location is made inaccessible.",
) -> UUID:
    """A magistrate orders in writing; the order."""
    request = request or a_request(world)
    return order_in_writing(
        request_id=request, words=words, until=world.now + timedelta(days=days),
        by=by or a_magistrate(), at=world.now,
    )  # fmt: skip


def a_measure(world: World, order: UUID | None = None, partner: str = "hoster-1") -> UUID:
    """The police ask a provider to carry an order out, under a procedure; the measure."""
    a_procedure("blocking" if KINDS[partner][0] == "access_provider" else "removal")
    return record_measure(
        order_id=order or an_order(world), partner=an_organisation(partner), by=a_police_officer(), at=world.now
    )


def row_of(table: str, id: UUID) -> Row:
    """A row of `decision_<table>`."""
    [found] = read(f"SELECT * FROM decision_{table} WHERE id = %s", [id], "authority")
    return found


def state_of(table: str, id: UUID) -> str:
    return str(row_of(table, id)["state"])
