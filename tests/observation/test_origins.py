"""Behind a delivery network an item has no country until somebody tells its origin, and as long as the front stays."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.observation.conclude import Answer, Seen
from maillon.observation.origins import ToldBy, state_origin
from maillon.observation.queries import latest_locations, locations
from maillon.observation.services import BEFORE_SENDING, ask, locate_due
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import events, located_elsewhere, reported
from tests.factories.people import a_manager, an_analyst
from tests.factories.world import World, asn, look, resolved

FRONT, OTHER_FRONT, ROTATED = "198.51.100.1", "198.51.100.129", "198.51.100.2"
ORIGIN = "192.0.2.2"  # in NL


def edge(ip: str) -> Seen:
    """The small internet, with two delivery networks on 198.51.100.0/24."""
    if not ip.startswith("198.51.100."):
        return look(ip)
    number = 64600 if int(ip.rpartition(".")[2]) < 128 else 64601
    return Seen(ip, {"registry": "US", "dbip": "US"}, number, "an edge", True, {}, "An edge", True)


class Internet:
    """Where the item's name leads today."""

    def __init__(self, world: World) -> None:
        self.world, self.front = world, (FRONT,)

    def resolve(self, names: Sequence[str]) -> dict[str, Answer]:
        return {name: Answer("ok", self.front) if name == "cdn.test" else resolved([name])[name] for name in names}

    def locate(self) -> int:
        self.world.hand_over()
        return locate_due(house="hotline", resolve=self.resolve, look=edge, clock=self.world.clock)

    def again(self, item: UUID) -> None:
        """The item is located once more."""
        asked_again(self.world, item)
        assert self.locate() == 1


def asked_again(world: World, item: UUID) -> None:
    by = system_actor("hotline", "clock")
    world.wait(minutes=1)
    with acting(by):
        ask({item: None}, why=BEFORE_SENDING, by=by, at=world.now)


@pytest.fixture
def internet(world: World) -> Internet:
    return Internet(world)


@pytest.fixture
def item(world: World, internet: Internet) -> UUID:
    found = reported(world, "http://cdn.test/a")
    internet.locate()
    return found


def place(item: UUID) -> Row:
    with acting(system_actor("hotline", "reader")):
        return latest_locations(item_ids=[item])[item]


def told(world: World, item: UUID, address: str = ORIGIN, by: ToldBy = "person") -> None:
    world.wait(seconds=1)
    state_origin(item_id=item, address=address, told_by=by, statement="seen in a header", by=an_analyst(), at=world.now)


def test_behind_a_delivery_network_there_is_no_country(item: UUID) -> None:
    assert (place(item)["country"], place(item)["reason"]) == ("undetermined", "delivery_network")


@pytest.mark.parametrize("by", ["person", "network"])
def test_an_origin_told_is_looked_up_like_any_address_and_locates_the_item(
    world: World, internet: Internet, item: UUID, by: ToldBy
) -> None:
    told(world, item, by=by)
    assert place(item)["reason"] == "delivery_network"
    internet.locate()
    found = place(item)
    assert (found["country"], found["reason"], found["method"], found["origin"]) == ("NL", "agreed", "origin", ORIGIN)
    assert found["asns"] == [asn("NL")]
    assert [(one["ip"], one["role"]) for one in found["seen"]] == [(FRONT, "name"), (ORIGIN, "origin")]
    [event] = events("origin_told")
    assert (event["body"]["origin"], event["body"]["told_by"]) == (ORIGIN, by)


def test_it_stands_while_the_same_network_is_in_front_whatever_its_addresses(
    world: World, internet: Internet, item: UUID
) -> None:
    told(world, item)
    internet.locate()
    internet.front = (ROTATED,)
    internet.again(item)
    assert (place(item)["country"], place(item)["origin"]) == ("NL", ORIGIN)


def test_another_network_in_front_ends_it_for_good(world: World, internet: Internet, item: UUID) -> None:
    told(world, item)
    internet.locate()
    internet.front = (OTHER_FRONT,)
    internet.again(item)
    assert (place(item)["reason"], place(item)["origin"]) == ("delivery_network", "")
    internet.front = (FRONT,)
    internet.again(item)
    assert place(item)["origin"] == ""


def test_without_a_front_the_sources_speak_again(world: World, internet: Internet, item: UUID) -> None:
    told(world, item)
    internet.locate()
    internet.front = ("192.0.2.1",)
    internet.again(item)
    assert (place(item)["country"], place(item)["method"]) == ("BE", "sources")


def test_an_origin_told_while_the_network_is_asked_is_not_overlooked(
    world: World, internet: Internet, item: UUID
) -> None:
    asked_again(world, item)

    def meanwhile(names: Sequence[str]) -> dict[str, Answer]:
        told(world, item)
        return internet.resolve(names)

    locate_due(house="hotline", resolve=meanwhile, look=edge, clock=world.clock)
    internet.locate()
    assert (place(item)["country"], place(item)["origin"]) == ("NL", ORIGIN)


def test_what_a_person_stated_goes_before_an_origin(world: World, internet: Internet, item: UUID) -> None:
    world.wait(seconds=1)
    located_elsewhere(world, item, "FR")
    told(world, item)
    internet.locate()
    assert place(item)["country"] == "FR"
    with acting(an_analyst()):
        assert [row["method"] for row in locations(item_id=item)] == ["origin", "origin", "person", "sources"]


def test_an_origin_on_which_sources_disagree_leaves_it_to_a_person(world: World, item: UUID) -> None:
    told(world, item, "192.0.2.9")
    world.hand_over()

    def torn(ip: str) -> Seen:
        return Seen(ip, {"registry": "BE", "dbip": "NL"}) if ip == "192.0.2.9" else edge(ip)

    locate_due(house="hotline", resolve=Internet(world).resolve, look=torn, clock=world.clock)
    assert (place(item)["country"], place(item)["reason"]) == ("undetermined", "sources_disagree")


@pytest.mark.parametrize("address", ["", "cdn.test", "127.0.0.1", "10.0.0.1", "::1", "224.0.0.1", "::ffff:127.0.0.1"])
def test_what_is_no_address_of_the_internet_is_no_origin(world: World, item: UUID, address: str) -> None:
    with pytest.raises(BadInput):
        told(world, item, address)


def test_an_origin_needs_a_reason_a_permission_and_an_item(world: World, item: UUID) -> None:
    with pytest.raises(BadInput):
        state_origin(item_id=item, address=ORIGIN, told_by="person", statement=" ", by=an_analyst(), at=world.now)
    with pytest.raises(NotAllowed):
        state_origin(item_id=item, address=ORIGIN, told_by="person", statement="x", by=a_manager(), at=world.now)
    missing = uuid7(world.now)
    with pytest.raises(NotFound):
        state_origin(item_id=missing, address=ORIGIN, told_by="person", statement="x", by=an_analyst(), at=world.now)
