"""An item is located along the way it was led, on data whose age is known, and `.onion` stays out of DNS."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.kernel.ids import uuid7
from maillon.observation.conclude import (
    UNDETERMINED,
    Answer,
    Conclusion,
    Reason,
    Seen,
    Target,
    along,
    conclude,
    stale,
)
from maillon.observation.finding import Known, Step, find_out, way_of
from maillon.observation.queries import latest_locations
from maillon.observation.services import BEFORE_SENDING, ask, locate_capture, locate_due
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, as_json, run
from tests.factories.chain import events, located_elsewhere, read, reported
from tests.factories.world import NOW, World, look, resolved

DAY = date(2026, 3, 1)
BE, NL = Conclusion("BE", Reason.agreed), Conclusion("NL", Reason.agreed)


def seen(**said: str) -> Seen:
    return Seen("192.0.2.1", said, 64500, "a network", data_dates=dict.fromkeys([*said, "asn"], DAY))


# Three sources: the operator's own file speaks beside the two that are kept


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"registry": "BE", "dbip": "BE", "own": "BE"}, BE),
        ({"registry": "BE", "dbip": "BE"}, BE),
        ({"registry": "BE", "own": "BE"}, BE),
        ({"dbip": "NL", "own": "NL"}, NL),
        ({"registry": "BE", "dbip": "BE", "own": "NL"}, Conclusion(UNDETERMINED, Reason.sources_disagree)),
        ({"registry": "BE", "dbip": "NL", "own": "NL"}, Conclusion(UNDETERMINED, Reason.sources_disagree)),
        ({"own": "BE"}, Conclusion(UNDETERMINED, Reason.sources_silent)),
    ],
)
def test_of_three_sources_two_that_speak_are_enough_and_none_may_contradict(
    said: Mapping[str, str], expected: Conclusion
) -> None:
    assert conclude(Target("url", "a.test"), Answer("ok", ("192.0.2.1",)), [seen(**said)]) == expected


def test_an_anycast_address_tells_no_country() -> None:
    anycast = Seen("192.0.2.1", {"registry": "BE", "dbip": "BE"}, anycast=True)
    concluded = conclude(Target("url", "a.test"), Answer("ok", ("192.0.2.1",)), [anycast])
    assert concluded == Conclusion(UNDETERMINED, Reason.delivery_network)


# Age of the data


@pytest.mark.parametrize(
    ("on", "expected"),
    [(date(2026, 5, 30), ()), (date(2026, 5, 31), ("asn", "dbip", "registry"))],
)
def test_what_is_older_than_ninety_days_on_the_day_of_looking_is_stale(on: date, expected: tuple[str, ...]) -> None:
    assert stale(seen(registry="BE", dbip="BE"), on, 90) == expected


def test_a_source_that_said_nothing_is_not_blamed_for_its_age() -> None:
    silent = Seen("192.0.2.1", {"dbip": "BE"}, data_dates={"registry": date(2020, 1, 1), "dbip": DAY})
    assert stale(silent, date(2026, 3, 2), 90) == ()


def test_old_data_lower_the_confidence_and_never_the_country(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.wait(days=200)
    world.drain()
    found = location(item)
    assert (found["country"], found["confidence"]) == ("BE", "low")
    assert found["seen"][0]["stale"] == ["dbip", "registry"]


# Redirect chains


def test_every_step_in_one_country_is_that_country_and_several_are_for_a_person() -> None:
    assert along([BE, BE]) == BE
    assert along([BE, NL]) == Conclusion(UNDETERMINED, Reason.hops_differ)
    assert along([BE, Conclusion(UNDETERMINED, Reason.delivery_network)]).reason is Reason.delivery_network


def test_a_way_is_the_hosts_passed_and_none_where_it_leads_nowhere_else() -> None:
    hops = [
        {"url": "http://be.test/a", "referrer": "http://nl.test/from", "address": "192.0.2.1"},
        {"url": "http://be.test/b", "referrer": "", "address": "192.0.2.1"},
        {"url": "https://[2001:db8::1]/c", "referrer": "http://be.test/b", "address": "2001:db8::1"},
    ]
    assert way_of(hops) == (Step("be.test", "nl.test", "192.0.2.1"), Step("[2001:db8::1]", "be.test", "2001:db8::1"))
    assert way_of(hops[:2]) == ()
    assert way_of([{"url": "http://[broken", "referrer": None, "address": None}]) == ()


def location(item: UUID) -> Row:
    with acting(system_actor("hotline", "reader")):
        return latest_locations(item_ids=[item])[item]


CAPTURE = """
INSERT INTO items_capture (house, id, item_id, purpose, asked_by, began_at, ended_at, outcome, reason, mime, hops, size,
  text_length, needs_scripts, named)
VALUES ('hotline', %s, %s, 'assess', 'analyst-1', %s, %s, 'ok', '', '', %s, 0, 0, false, 0)
"""


def captured(world: World, item: UUID, *hops: tuple[str, str, str]) -> None:
    """A capture of the item that passed these (url, referrer, address) was written down."""
    passed = {"status": 200, "location": "", "tls": "", "at": world.now.isoformat()}
    given = [{"url": url, "referrer": referrer, "address": address, **passed} for url, referrer, address in hops]
    by, id = system_actor("hotline", "dispatcher"), uuid7(world.now)
    with acting(by):
        run(CAPTURE, [id, item, world.now, world.now, as_json(given)])
        body = {"capture": str(id), "outcome": "ok", "hops": len(hops)}
        handed = Handed("hotline", 1, uuid7(world.now), "captured", 1, item, world.now, body)
        locate_capture(handed=[handed], by=by, clock=world.clock)


def test_what_was_led_to_another_country_waits_for_a_person_hop_by_hop(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    captured(
        world, item, ("http://be.test/a", "http://fr.test/list", "192.0.2.1"), ("http://nl.test/b", "", "192.0.2.2")
    )
    world.drain()
    found = location(item)
    assert (found["country"], found["reason"]) == (UNDETERMINED, "hops_differ")
    assert [(hop["host"], hop["referrer"], hop["country"]) for hop in found["hops"]] == [
        ("be.test", "fr.test", "BE"),
        ("nl.test", "", "NL"),
    ]
    assert found["hops"][1]["seen"][0]["asn"] == 64501


def test_what_was_led_on_within_a_country_stands_there(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    captured(world, item, ("http://be.test/a", "", "192.0.2.1"), ("http://two.be.test/b", "", "192.0.2.1"))
    world.drain()
    assert (location(item)["country"], location(item)["reason"]) == ("BE", "agreed")


def test_the_way_is_remembered_when_the_item_is_located_again(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    captured(world, item, ("http://be.test/a", "", "192.0.2.1"), ("http://nl.test/b", "", "192.0.2.2"))
    world.drain()
    by = system_actor("hotline", "clock")
    world.wait(minutes=1)
    with acting(by):
        ask({item: None}, why=BEFORE_SENDING, by=by, at=world.now)
    assert world.locate() == 1
    assert (location(item)["reason"], location(item)["observed_at"]) == ("hops_differ", world.now)


def test_a_capture_written_while_the_network_is_asked_is_not_overlooked(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.hand_over()

    def meanwhile(names: Sequence[str]) -> dict[str, Answer]:
        captured(world, item, ("http://be.test/a", "", "192.0.2.1"), ("http://nl.test/b", "", "192.0.2.2"))
        return resolved(names)

    locate_due(house="hotline", resolve=meanwhile, look=look, clock=world.clock)
    assert read("SELECT id FROM observation_location") == []
    world.drain()
    assert location(item)["reason"] == "hops_differ"


def test_as_many_statements_locate_many_items_as_one(world: World) -> None:
    def located(count: int, name: str) -> int:
        for number in range(count):
            reported(world, f"http://{name}{number}.be.test/a")
        world.hand_over()
        with CaptureQueriesContext(connection) as asked:
            assert world.locate() == count
        return len(asked)

    assert located(1, "one") == located(7, "many")


def test_of_two_locations_of_one_moment_the_later_one_counts(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.drain()
    for country in ("NL", "FR", "DE", "US"):
        located_elsewhere(world, item, country)
        assert location(item)["country"] == country


# Onions


def test_an_onion_on_the_way_or_at_its_end_is_never_asked_of_dns() -> None:
    asked: list[str] = []

    def resolve(names: Sequence[str]) -> dict[str, Answer]:
        asked.extend(names)
        return resolved(names)

    item, other = uuid7(NOW), uuid7(NOW)
    way = (Step("be.test", "", "192.0.2.1"), Step("abc.onion", "be.test", ""), Step("x.ABC.onion.", "", ""))
    rows = [
        {"item_id": item, "kind": "url", "site": "be.test", "why": "", "attempts": 1},
        {"item_id": other, "kind": "onion", "site": "abc.onion", "why": "", "attempts": 1},
    ]
    found = find_out(rows, {item: Known(way=way)}, resolve, look)
    assert asked == ["be.test"]
    assert [one.conclusion.reason for one in found] == [Reason.onion, Reason.onion]


def test_what_the_sources_say_is_told_with_the_chain_of_names(world: World) -> None:
    item = reported(world, "http://be.test/a")
    world.hand_over()

    def aliased(names: Sequence[str]) -> dict[str, Answer]:
        return {name: Answer("ok", ("192.0.2.1",), ("edge.be.test",)) for name in names}

    locate_due(house="hotline", resolve=aliased, look=look, clock=world.clock)
    assert location(item)["chain"] == ["edge.be.test"]
    [row] = read("SELECT why, state FROM observation_lookup")
    assert (row["why"], row["state"]) == ("", "done")
    assert [event["body"]["method"] for event in events("located")] == ["sources"]
