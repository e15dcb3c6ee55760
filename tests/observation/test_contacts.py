"""The abuse contact is asked by address, network, then registrar; what was tried is kept, and a busy registry waits."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.kernel.errors import BadInput, NotAllowed
from maillon.observation.answers import Answered, Kind
from maillon.observation.contacts import PAUSES, Question, contacts_due, contacts_of, questions, request_contact
from maillon.observation.queries import any_contact_due
from maillon.observation.rdap import Registries
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import events, reported
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import World
from tests.observation.rdapserver import MAIL, Registry, domain, entity, network, number, serving

ABUSE = entity("abuse", mail=MAIL, name="Abuse Desk")
ADDRESS, NETWORK, NAME = "ip/192.0.2.1", "autnum/64500", "domain/be.test"


@pytest.fixture(scope="module")
def served() -> Iterator[Registry]:
    with serving() as registry:
        yield registry


@pytest.fixture
def registry(served: Registry) -> Registry:
    served.says, served.asked = {}, []
    return served


@pytest.fixture
def item(world: World) -> UUID:
    found = reported(world, "http://be.test/a")
    world.drain()
    return found


def put(world: World, registry: Registry) -> int:
    ask = Registries.demo(registry.base, lambda names: {}, seconds=2).ask
    return contacts_due(house="hotline", ask=ask, clock=world.clock)


def contact(item: UUID) -> Row:
    with acting(an_analyst()):
        return contacts_of(item_id=item)[0]


def requested(world: World, item: UUID) -> UUID:
    return request_contact(item_id=item, by=an_analyst(), at=world.now)


@pytest.mark.parametrize(
    ("says", "found_by", "asked"),
    [
        ({ADDRESS: network(ABUSE)}, "address", [ADDRESS]),
        ({ADDRESS: network(), NETWORK: number(ABUSE)}, "network", [ADDRESS, NETWORK]),
        ({NAME: domain(ABUSE)}, "registrar", [ADDRESS, NETWORK, NAME]),
        ({ADDRESS: b"{", NETWORK: (500, {}), NAME: domain(ABUSE)}, "registrar", [ADDRESS, NETWORK, NAME]),
        ({ADDRESS: (429, {}), NETWORK: number(ABUSE)}, "network", [ADDRESS, NETWORK]),
    ],
)
def test_the_first_that_names_a_mailbox_ends_it_and_everything_tried_is_kept(
    world: World, registry: Registry, item: UUID, says: Mapping[str, object], found_by: str, asked: list[str]
) -> None:
    registry.says = dict(says)
    requested(world, item)
    assert put(world, registry) == 1
    found = contact(item)
    assert (found["state"], found["found_by"], found["mail"], found["name"]) == ("done", found_by, MAIL, "Abuse Desk")
    assert registry.asked == asked
    assert [one["asked"] for one in found["tried"]] == [question.partition("/")[2] for question in asked]
    assert found["tried"][-1]["outcome"] == "found"
    [event] = events("abuse_contact_found")
    assert (event["body"]["mailbox"], event["body"]["tried"]) == (MAIL, len(asked))


def test_where_nobody_names_one_that_is_the_answer(world: World, registry: Registry, item: UUID) -> None:
    requested(world, item)
    put(world, registry)
    found = contact(item)
    assert (found["state"], found["mail"], found["found_by"]) == ("done", "", "")
    assert {one["outcome"] for one in found["tried"]} == {"not_found"}
    assert put(world, registry) == 0


def test_a_busy_registry_is_asked_again_when_it_said_and_not_before(
    world: World, registry: Registry, item: UUID
) -> None:
    registry.says = {ADDRESS: (429, {"Retry-After": "600"})}
    requested(world, item)
    put(world, registry)
    assert (contact(item)["state"], contact(item)["due_at"]) == ("waiting", world.now + timedelta(seconds=600))
    world.wait(seconds=599)
    assert put(world, registry) == 0
    registry.says = {ADDRESS: network(ABUSE)}
    world.wait(seconds=1)
    with acting(system_actor("hotline", "clock")):
        assert any_contact_due(at=world.now)
    assert put(world, registry) == 1
    assert contact(item)["mail"] == MAIL


def test_a_registry_that_stays_silent_is_given_up_in_the_end(world: World, registry: Registry, item: UUID) -> None:
    registry.says = {ADDRESS: (503, {})}
    requested(world, item)
    for pause in PAUSES:
        assert put(world, registry) == 1
        assert contact(item)["state"] == "waiting"
        world.wait(seconds=pause.total_seconds())
    put(world, registry)
    assert (contact(item)["state"], contact(item)["attempts"]) == ("done", len(PAUSES) + 1)
    assert events("abuse_contact_found")[0]["body"]["found_by"] == ""


def test_who_asks_twice_asks_once(world: World, item: UUID) -> None:
    assert requested(world, item) == requested(world, item)
    assert len(events("abuse_contact_asked")) == 1


def test_a_claim_whose_worker_fell_is_taken_again(world: World, registry: Registry, item: UUID) -> None:
    class Fell(BaseException):
        pass

    def falls(kind: Kind, value: str) -> Answered:
        raise Fell

    registry.says = {ADDRESS: network(ABUSE)}
    requested(world, item)
    with pytest.raises(Fell):
        contacts_due(house="hotline", ask=falls, clock=world.clock)
    assert contact(item)["state"] == "running"
    world.wait(minutes=11)
    assert put(world, registry) == 1
    assert contact(item)["mail"] == MAIL


def test_as_many_statements_ask_for_many_items_as_for_one(world: World, registry: Registry) -> None:
    def asked(count: int, name: str) -> int:
        items = [reported(world, f"http://{name}{number}.be.test/a") for number in range(count)]
        world.drain()
        for one in items:
            requested(world, one)
        with CaptureQueriesContext(connection) as statements:
            assert put(world, registry) == count
        return len(statements)

    registry.says = {ADDRESS: network(ABUSE)}
    assert asked(1, "one") == asked(5, "many")


def test_the_origin_is_asked_first_and_a_registered_name_by_its_last_labels() -> None:
    seen = [{"ip": "198.51.100.1", "asn": 64600, "role": "name"}, {"ip": "192.0.2.2", "asn": 64501, "role": "origin"}]
    asked = list(questions({"site": "a.b.co.test", "kind": "url"}, {"seen": seen}))
    assert asked == [
        Question("ip", "192.0.2.2"), Question("ip", "198.51.100.1"),
        Question("autnum", "64501"), Question("autnum", "64600"),
        Question("domain", "co.test"), Question("domain", "b.co.test"),
    ]  # fmt: skip
    assert list(questions({"site": "[2001:db8::1]", "kind": "url"}, None)) == []


@pytest.mark.parametrize("text", ["telegram:somebody", "http://" + "a" * 56 + ".onion/x"])
def test_what_has_no_address_has_no_registered_contact(world: World, text: str) -> None:
    item = reported(world, text)
    with pytest.raises(BadInput):
        requested(world, item)


def test_who_may_not_state_a_place_asks_nobody(world: World, item: UUID) -> None:
    with pytest.raises(NotAllowed):
        request_contact(item_id=item, by=a_manager(), at=world.now)
