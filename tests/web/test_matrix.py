"""Every role on every page: it opens what the matrix opens, and shows what row security shows with the page's own
checks out of play. A row of another organisation or another house is answered as one that does not exist."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client

from maillon.access.organisations import KINDS, sees
from maillon.access.permissions import HOUSE_ROLES
from maillon.access.queries import find_actor
from maillon.outbox.acting import Actor, acting
from maillon.web.guard import Page
from maillon.web.urls import PAGES
from tests.access.test_walls import KINDRED, OTHER, OURS, everything, give_all, people
from tests.factories.everywhere import furnish
from tests.factories.world import World
from tests.shape.catalogue import ask
from tests.web.browser import signed_in
from tests.web.test_routes import address

TABLES = {
    "arrivals": "inbox_arrival",
    "decisions": "decision_request",
    "extensions": "decision_extension",
    "glass": "access_breakglass",
    "items": "items_item",
    "looking": "looking_reveal",
    "matters": "inbox_matter",
    "orders": "decision_order",
    "oversight/glass": "access_breakglass",
    "peers/lost": "partners_received",
    "portal": "partners_letter",
    "questions": "partners_question",
    "queue/filters": "analysis_filter",
    "referrals": "referral_referral",
    "reports": "intake_report",
}
"""Which table's rows the pages under an address name by their ids."""

CHANGING = re.compile(r'(name="csrfmiddlewaretoken" value|nonce)="[^"]*"|<p class="notice[^>]*role="status">.*?</p>')
"""What differs from one answer to the next: random values, and what an earlier request left to be told on some page."""


def table_of(page: Page) -> str:
    return TABLES[page.path.partition("/<uuid:id>")[0]]


def ids(table: str) -> list[tuple[UUID, str]]:
    return [(UUID(str(id)), str(house)) for id, house in ask(f"SELECT id, house FROM {table} ORDER BY id")]


def everyone() -> Iterator[tuple[Actor, Client]]:
    """Every role, in the scopes that its organisations give it, as somebody of `ours` who is signed in."""
    for house, roles in HOUSE_ROLES.items():
        for role in roles:
            scoped = {
                sees(kind=kind, organisation=OURS, roles=frozenset({role})): kind
                for kind, found in KINDS.items()
                if role in found.roles.get(house, ())
            }
            for kind in scoped.values():
                name = f"{role}-{kind}".replace("_", "-")
                with connections["owner"].cursor() as cursor:
                    cursor.execute(
                        "UPDATE access_organisation SET kind = %s WHERE house = %s AND id = 'ours'", [kind, house]
                    )
                    cursor.execute(
                        "INSERT INTO access_person (house, name, organisation, roles, active, recipient, made_at) "
                        "VALUES (%s, %s, 'ours', %s, true, '', now())", [house, name, [role]],
                    )  # fmt: skip
                by = find_actor(house=house, name=name)
                yield by, signed_in(by)


def shown(by: Actor, table: str) -> set[UUID]:
    """What `by` sees of a table by SQL."""
    with acting(by), connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table}")
        return {id for (id,) in cursor.fetchall()}


def at(page: Page, id: UUID) -> str:
    return "/" + page.path.replace("<uuid:id>", str(id))


def said(response: HttpResponse, id: UUID) -> tuple[Any, ...]:
    """All that a browser learns of an answer, without what is random in each and the id that was asked for."""
    body = CHANGING.sub("", response.content.decode(errors="replace")).replace(str(id), "ID")
    return response.status_code, response.get("Location", "").replace(str(id), "ID"), body


@pytest.fixture
def lived(world: World) -> None:
    furnish(world)
    people()


@pytest.mark.parametrize("organisation", [OURS, KINDRED])
def test_a_page_opens_as_the_matrix_says_and_shows_what_row_security_shows(lived: None, organisation: str) -> None:
    give_all(organisation, OTHER)
    with_id = [page for page in PAGES if "<uuid:id>" in page.path]
    assert {table_of(page) for page in with_id} == set(TABLES.values())
    known, wrong, seen = {table: ids(table) for table in TABLES.values()}, [], Counter[str]()
    for by, browser in everyone():
        visible = {table: shown(by, table) for table in known}
        before, own = everything(), list[tuple[Page, UUID]]()
        for page in with_id:
            table = table_of(page)
            missing = uuid4()
            nothing = browser.generic(page.method, at(page, missing))
            expected = 404 if by.house not in page.houses else 403 if not page.allows(by) else None
            if expected is not None:
                if nothing.status_code != expected:
                    wrong.append((by.name, by.house, page.name, "missing", nothing.status_code, expected))
                continue
            hidden = [(id, house) for id, house in known[table] if id not in visible[table]]
            for id, house in {house: (id, house) for id, house in hidden}.values():
                seen["of another house" if house != by.house else "of another organisation"] += 1
                answer = browser.generic(page.method, at(page, id))
                if said(answer, id) != said(nothing, missing):
                    wrong.append(
                        (by.name, by.house, page.name, f"a row of {house}", answer.status_code, nothing.status_code)
                    )
            if page.method == "GET" and page.path.endswith("/<uuid:id>/") and by.house in page.houses:
                if nothing.status_code != 404:
                    wrong.append((by.name, by.house, page.name, "missing", nothing.status_code, 404))
                own += [(page, id) for id in sorted(visible[table])[:1]]
        if everything() != before:
            wrong.append((by.name, by.house, "", "something changed", 0, 0))
        for page, id in own:
            seen["one's own"] += 1
            answer = browser.get(at(page, id))
            if answer.status_code != 200:
                wrong.append((by.name, by.house, page.name, "own", answer.status_code, 200))
    assert wrong == []
    assert min(seen["one's own"], seen["of another house"]) > 10
    assert organisation == OURS or seen["of another organisation"] > 10


def test_a_page_takes_its_own_method_and_no_other(houses: None) -> None:
    for page in PAGES:
        for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {page.method}:
            assert Client().generic(method, address(page)).status_code == 405, (page.name, method)
