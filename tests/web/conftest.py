"""A chain in which something of everything happened."""

from typing import NamedTuple
from uuid import UUID

import pytest

from tests.factories.chain import a_case, a_referral, an_item, assessed, read, reported, says
from tests.factories.world import World


class Lived(NamedTuple):
    """Items of the hotline: one called back, one whose recipient is open, one in dispute, one reported twice."""

    recalled: UUID
    undecided: UUID
    disputed: UUID
    twice: UUID
    arrived: UUID
    """The authority's own copy of the one called back."""


@pytest.fixture
def lived(world: World) -> Lived:
    return live(world)


def live(world: World) -> Lived:
    """Let it happen, in the database of this test."""
    recalled = a_referral(world, in_state="recalled")
    undecided = a_referral(world, in_state="undecided")
    disputed = a_case(world, in_state="disputed", text="http://fr.test/disputed")
    twice = reported(world, "http://nl.test/twice?a=<b>", remark="<script>alert(1)</script>")
    reported(world, "hxxp://nl[.]test/twice?a=<b>")
    an_item(world, in_state="offline", text="http://de.test/gone")
    world.drain()
    assessed(world, twice, says("A", flags=["imminent_danger", "belgian_victim"], reason="clear"))
    world.drain()
    (arrival,) = read("SELECT DISTINCT item_id FROM inbox_arrival WHERE state = 'recalled'", house="authority")
    return Lived(recalled, undecided, disputed, twice, UUID(str(arrival["item_id"])))
