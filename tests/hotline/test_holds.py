"""While the prosecutor leaves an item online, no notice goes abroad; then it goes at once, and nobody was late."""

from datetime import timedelta
from uuid import UUID

import pytest

from maillon.hotline.referral.holds import running_hold
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import Row
from tests.factories.chain import a_case, assessed, events, read, referrals_of, reported, says
from tests.factories.people import an_analyst
from tests.factories.telling import hold, hold_ended
from tests.factories.world import World

MONTH = timedelta(days=30)


def notices(item: UUID) -> list[Row]:
    """The item's referrals to hotlines abroad."""
    return [row for row in referrals_of(item) if row["partner"].startswith("inhope")]


def an_item_abroad(world: World) -> UUID:
    """Reported and located, hosted where a hotline is."""
    item = reported(world, "http://nl.test/a")
    world.drain()
    return item


def settled(world: World, item: UUID, code: str = "A") -> None:
    """An opinion, and what was drafted on it; the grace still runs."""
    assessed(world, item, says(code))
    world.hand_over()


@pytest.mark.parametrize("held_first", [True, False])
def test_a_notice_abroad_waits_for_the_hold_and_the_police_does_not(world: World, held_first: bool) -> None:
    item = an_item_abroad(world)
    if not held_first:
        settled(world, item)
    hold(world, item, world.now + MONTH)
    if held_first:
        settled(world, item)
    world.drain()
    assert [row["state"] for row in notices(item)] == ["drafted"]
    assert {row["state"] for row in referrals_of(item) if row not in notices(item)} == {"sent"}


@pytest.mark.parametrize("ended", ["by its sender", "by its day"])
def test_once_the_hold_is_over_the_notice_goes_out_at_once_with_a_term_of_its_own(world: World, ended: str) -> None:
    item = an_item_abroad(world)
    id = hold(world, item, world.now + MONTH)
    settled(world, item)
    world.drain()
    world.wait(days=31 if ended == "by its day" else 20)
    if ended == "by its sender":
        hold_ended(world, item, id)
    world.drain(grace=True)
    [notice] = notices(item)
    assert notice["state"] == "sent"
    assert notice["due_at"] > world.now
    assert [e["body"]["why"] for e in events("referral_hold_ended")] == [
        "hold over" if ended == "by its day" else "hold lifted"
    ]


def test_nobody_is_told_that_a_notice_is_late_while_it_is_held(world: World) -> None:
    item = an_item_abroad(world)
    settled(world, item)
    hold(world, item, world.now + MONTH)
    late = len(events("referral_late"))
    for _week in range(4):
        world.wait(days=7)
        world.drain()
    told = [e for e in events("referral_late")[late:] if (e["body"]["partner"] or "").startswith("inhope")]
    assert (told, notices(item)[0]["due_at"], notices(item)[0]["steps"]) == ([], None, 0)


def test_the_last_of_several_holds_counts_and_one_that_comes_twice_is_one(world: World) -> None:
    item = an_item_abroad(world)
    settled(world, item)
    first, second = hold(world, item, world.now + MONTH), hold(world, item, world.now + 2 * MONTH)
    hold(world, item, world.now + MONTH, hold=first)
    assert len(events("referral_held")) == 2
    hold_ended(world, item, first)
    hold_ended(world, item, first)
    world.drain()
    assert [row["state"] for row in notices(item)] == ["drafted"]
    hold_ended(world, item, second)
    world.drain()
    assert [row["state"] for row in notices(item)] == ["sent"]
    assert len(events("referral_hold_ended")) == 2


def test_a_hold_that_is_prolonged_lasts_until_its_new_day(world: World) -> None:
    item = an_item_abroad(world)
    settled(world, item)
    id = hold(world, item, world.now + MONTH)
    hold(world, item, world.now + 2 * MONTH, hold=id)
    with acting(system_actor("hotline", "reader")):
        found = running_hold(item_id=item)
    assert found is not None
    assert found["until"] == world.now + 2 * MONTH
    world.wait(days=31)
    world.drain()
    assert [row["state"] for row in notices(item)] == ["drafted"]


def test_nobody_but_the_authority_holds_an_item_or_ends_a_hold(world: World) -> None:
    item = an_item_abroad(world)
    hold(world, item, world.now + MONTH, sender="inhope-nl")
    assert read("SELECT 1 FROM referral_hold") == []
    settled(world, item)
    id = hold(world, item, world.now + MONTH)
    hold_ended(world, item, id, sender="inhope-nl")
    world.drain()
    assert [row["state"] for row in notices(item)] == ["drafted"]


def test_a_call_back_goes_abroad_though_the_item_is_held(world: World) -> None:
    item = a_case(world, in_state="settled", text="http://nl.test/a")
    world.drain()
    hold(world, item, world.now + MONTH)
    assessed(world, item, says("N"))
    assessed(world, item, says("N"), an_analyst(2))
    world.drain()
    assert [row["state"] for row in notices(item)] == ["recalled", "sent"]


def test_what_is_settled_otherwise_meanwhile_is_withdrawn_and_never_released(world: World) -> None:
    item = an_item_abroad(world)
    settled(world, item)
    id = hold(world, item, world.now + MONTH)
    assessed(world, item, says("N"))
    world.drain()
    hold_ended(world, item, id)
    world.drain()
    assert [row["state"] for row in notices(item)] == ["withdrawn"]
