"""The factories reach every state of the chain's machines by walking there, and say so truly."""

import pytest

from maillon.authority.inbox.states import Arrival
from maillon.hotline.analysis.states import Case
from maillon.hotline.referral.states import Referral
from maillon.items.states import Item
from tests.factories.chain import a_case, a_referral, an_item, case_of, read, referrals_of
from tests.factories.world import World


@pytest.mark.parametrize("state", Item)
def test_an_item_is_reached_in_every_state(world: World, state: Item) -> None:
    item = an_item(world, in_state=state)
    assert read("SELECT id, state FROM items_item") == [{"id": item, "state": state}]


@pytest.mark.parametrize("state", Case)
def test_a_case_is_reached_in_every_state(world: World, state: Case) -> None:
    assert case_of(a_case(world, in_state=state))["state"] == state


@pytest.mark.parametrize("state", Referral)
def test_a_referral_is_reached_in_every_state(world: World, state: Referral) -> None:
    item = a_referral(world, in_state=state)
    assert state in [row["state"] for row in referrals_of(item) if row["recalls"] is None]


@pytest.mark.parametrize(
    ("referral", "state"),
    [("sent", Arrival.WAITING), ("acknowledged", Arrival.ACKNOWLEDGED), ("recalled", Arrival.RECALLED)],
)
def test_an_arrival_is_reached_in_every_state(world: World, referral: str, state: Arrival) -> None:
    a_referral(world, in_state=referral)
    found = read("SELECT state FROM inbox_arrival WHERE kind = 'referral'", house="authority")
    assert found == [{"state": state}]
