"""To whom an illegal item goes: every combination of the two keys and the danger, from the report to the recipients."""

from itertools import product

import pytest

from maillon.outbox.sql import Row
from maillon.rules.table import load
from tests.factories.chain import assessed, read, referrals_of, reported, says
from tests.factories.world import World, provider_in

SERVERS = {"belgium": "be", "inhope": "nl", "elsewhere": "kp", "undetermined": "nowhere"}
DANGERS = {
    "none": [],
    "elsewhere": ["imminent_danger"],
    "belgian_victim": ["imminent_danger", "belgian_victim"],
    "belgian_suspect": ["imminent_danger", "belgian_suspect"],
    "victim_without_danger": ["belgian_victim"],
}
PROVIDERS = {"unknown": None, "belgium": "BE", "abroad": "FR"}


def expected(server: str, provider: str, danger: str) -> set[tuple[str, str]]:
    """Who must get it and why, in the words of the issue and of the protocol's public description."""
    imminent = danger in ("elsewhere", "belgian_victim", "belgian_suspect")
    found = set()
    if server == "inhope":
        copy = "danger" if imminent else "copy"
        found = {("inhope-nl", "action"), ("federal-police", "action" if provider == "belgium" else copy)}
    elif server != "undetermined":
        found = {("federal-police", "action")}
    elif imminent:
        found = {("federal-police", "danger")}
    if imminent and (server == "belgium" or danger.startswith("belgian")):
        found.add(("local-police", "danger"))
    return found


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_item_reaches_those_and_only_those_who_must_have_it(world: World, provider: str) -> None:
    established = PROVIDERS[provider]
    if established:
        for country in ("BE", "NL", "KP"):
            provider_in(servers=country, established=established)
    items = {}
    for server, danger in product(SERVERS, DANGERS):
        items[server, danger] = reported(world, f"http://{SERVERS[server]}.test/{danger}")
        world.locate()
    world.drain()
    for (_, danger), item in items.items():
        assessed(world, item, says("A", severity=4, flags=DANGERS[danger]))
    world.drain()
    refs = {row.ref for row in load("route").rows}
    for (server, danger), item in items.items():
        rows = referrals_of(item)
        sent = {(row["partner"], row["purpose"]) for row in rows if row["state"] == "sent"}
        assert sent == expected(server, provider, danger), (server, danger)
        undecided = [row for row in rows if row["state"] == "undecided"]
        assert len(undecided) == (server == "undetermined")
        assert len(rows) == len(sent) + len(undecided)
        shown = "" if provider == "unknown" or server == "undetermined" else established
        assert {row["provider_country"] for row in rows} == {shown}
        assert {row["rule"] for row in rows} <= refs
    assert arrived() == {
        (f"http://{SERVERS[s]}.test/{d}", purpose)
        for s, d in items
        for partner, purpose in expected(s, provider, d)
        if partner != "inhope-nl"
    }


def arrived() -> set[tuple[str, str]]:
    """What stands at the authority, each with its severity and flags."""
    found: list[Row] = read(
        "SELECT i.canonical, a.purpose, a.severity, a.body FROM inbox_arrival a JOIN items_item i ON i.id = a.item_id",
        house="authority",
    )
    assert {row["severity"] for row in found} == {4}
    assert {row["body"]["assessment"]["severity"] for row in found} == {4}
    return {(row["canonical"], row["purpose"]) for row in found}


def test_what_is_not_illegal_goes_to_nobody(world: World) -> None:
    item = reported(world, "http://be.test/a")
    assessed(world, item, says("N"))
    world.drain()
    assert referrals_of(item) == []
