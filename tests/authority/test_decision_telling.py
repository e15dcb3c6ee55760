"""Every change reaches the hotline that reported the item, in order, through the real channel; holds hold notices."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

from django.db import connections

from maillon.authority.decision.services import (
    confirm_approval,
    disown_approval,
    end_hold,
    extend_hold,
    extend_order,
    lapse_due,
    leave_online,
    lift_order,
    note_answer,
    order_in_writing,
    refuse,
    withdraw_request,
)
from maillon.authority.decision.telling import OUTCOMES
from maillon.kernel.errors import ForbiddenStep
from maillon.outbox.acting import system_actor
from maillon.partners.envelope import schema
from tests.factories.chain import events, read
from tests.factories.decisions import (
    OFFICE,
    a_magistrate,
    a_measure,
    a_request,
    an_approval,
    an_item_at_police,
    an_order,
    another_item,
    row_of,
    state_of,
)
from tests.factories.inbox import a_letter
from tests.factories.people import a_police_officer
from tests.factories.world import World

CLOCK = system_actor("authority", "clock")
DAY = timedelta(days=1)


def outcomes() -> list[str]:
    """What the hotline knows of it, in the order in which it was taken in."""
    return [row["outcome"] for row in read("SELECT outcome FROM referral_outcome ORDER BY id")]


def told() -> list[str]:
    """What the authority wrote to the hotline, in order."""
    found = read("SELECT kind, convert_from(body, 'UTF8')::jsonb AS body FROM partners_message "
                 "WHERE partner = 'child-focus' ORDER BY number", house="authority")  # fmt: skip
    return [row["body"]["outcome"] if row["kind"] == "outcome" else row["kind"] for row in found]


def left(world: World, request: UUID, days: float = 9) -> UUID:
    return leave_online(
        request_id=request, until=world.now + days * DAY, words="a lead", by=a_magistrate(), at=world.now
    )


def test_every_outcome_of_the_schema_is_told_by_some_event() -> None:
    assert sorted(OUTCOMES.values()) == sorted(schema("outcome-1")["properties"]["outcome"]["enum"])


def test_the_hotline_hears_it_all_in_order(world: World) -> None:
    item = an_item_at_police(world)
    request = a_request(world, item)
    an_approval(world, request)
    world.wait(days=3)
    lapse_due(by=CLOCK, at=world.now)
    other = an_approval(world, a_request(world, item, kind="blocking"))
    disown_approval(order_id=other, words="never", by=a_magistrate(), at=world.now)
    order = an_order(world, request)
    measure = a_measure(world, order)
    note_answer(measure_id=measure, answer="done", words="done", by=a_police_officer(), at=world.now)
    extend_order(order_id=order, until=world.now + 101 * DAY, words="longer", by=a_magistrate(), at=world.now)
    lift_order(order_id=order, words="no longer", by=a_magistrate(), at=world.now)
    note_answer(measure_id=measure, answer="done", words="undone", by=a_police_officer(), at=world.now)
    world.drain()
    heard = [
        "requested", "approved", "lapsed", "requested", "approved", "disowned", "ordered", "carried_out", "extended",
        "lifted", "undone",
    ]  # fmt: skip
    assert told() == heard
    assert sorted(outcomes()) == sorted(heard)
    [first] = read("SELECT DISTINCT item_id FROM referral_outcome")
    assert read("SELECT origin_ref FROM items_item WHERE id = %s", [item], "authority")[0]["origin_ref"] == str(
        first["item_id"]
    )


def test_a_hold_reaches_the_hotline_is_put_off_and_ends(world: World) -> None:
    request = a_request(world, an_item_at_police(world))
    an_approval(world, request)
    hold = left(world, request)
    extend_hold(hold_id=hold, until=world.now + 20 * DAY, words="still", by=a_magistrate(2), at=world.now)
    world.drain()
    assert told() == ["requested", "approved", "lifted", "left_online", "hold", "hold"]
    assert [row["until"] for row in read("SELECT until FROM referral_hold WHERE ended_at IS NULL")] == [
        world.now + 20 * DAY
    ]
    end_hold(hold_id=hold, words="found", by=a_magistrate(), at=world.now)
    world.drain()
    assert told()[6:] == ["hold_ended", "review_due"]
    assert read("SELECT 1 FROM referral_hold WHERE ended_at IS NULL") == []
    assert state_of("request", request) == "requested"


def test_a_review_comes_by_itself_on_its_day(world: World) -> None:
    request = a_request(world, another_item(world))
    hold = left(world, request)
    assert (row_of("request", request)["review_at"], row_of("request", request)["due_at"]) == (
        world.now + 9 * DAY,
        None,
    )
    world.wait(days=9, seconds=-1)
    assert lapse_due(by=CLOCK, at=world.now) == 0
    world.wait(seconds=1)
    assert lapse_due(by=CLOCK, at=world.now) == 1
    row = row_of("request", request)
    assert (row["state"], state_of("hold", hold), row["review_at"]) == ("requested", "ended", None)
    assert row["due_at"] > world.now


def test_refusal_and_withdrawal_are_told(world: World) -> None:
    item = an_item_at_police(world)
    withdraw_request(id=a_request(world, item), reason="a mistake", by=a_police_officer(), at=world.now)
    refuse(request_id=a_request(world, item), words="no", by=a_magistrate(), at=world.now)
    order = an_order(world, a_request(world, item), days=1)
    world.wait(days=1)
    world.drain()
    assert told() == ["requested", "withdrawn", "requested", "refused", "requested", "ordered", "expired"]
    assert state_of("order", order) == "expired"


def test_what_the_hotline_never_reported_is_not_told_to_it(world: World) -> None:
    a_letter(world, "See http://be.test/by-letter")
    [item] = read("SELECT id FROM items_item", house="authority")
    left(world, a_request(world, item["id"]))
    world.drain()
    assert told() == []
    assert read("SELECT 1 FROM outbox_delivery", house="authority") == []


def at_once(acts: Sequence[Callable[[], object]]) -> list[str]:
    """Do these at the same time, each on a connection of its own; what each came to, sorted."""
    ready, came = Barrier(len(acts)), list[str]()

    def do(act: Callable[[], object]) -> None:
        try:
            ready.wait()
            act()
            came.append("done")
        except ForbiddenStep:
            came.append("refused")
        finally:
            connections.close_all()

    threads = [Thread(target=do, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came)


def test_of_two_magistrates_at_once_one_decides(world: World) -> None:
    first, second = a_magistrate(1), a_magistrate(2)
    until, at = world.now + 9 * DAY, world.now
    for _ in range(3):
        request = a_request(world, another_item(world))
        came = at_once(
            [
                lambda r=request: order_in_writing(request_id=r, words="yes", until=until, by=first, at=at),
                lambda r=request: refuse(request_id=r, words="no", by=second, at=at),
            ]
        )
        assert came == ["done", "refused"]
        state = state_of("request", request)
        orders = read("SELECT state FROM decision_order WHERE request_id = %s", [request], "authority")
        assert (state, [row["state"] for row in orders]) in (("ordered", ["in_force"]), ("refused", []))


def test_orders_written_at_once_are_numbered_without_a_gap(world: World) -> None:
    requests = [a_request(world, another_item(world)) for _ in range(4)]
    people = [a_magistrate(number) for number in (1, 2)]
    until, at = world.now + 9 * DAY, world.now
    came = at_once(
        [
            lambda r=request, by=people[n % 2]: order_in_writing(request_id=r, words="yes", until=until, by=by, at=at)
            for n, request in enumerate(requests)
        ]
    )
    assert came == ["done"] * 4
    numbers = {row["number"] for row in read("SELECT number FROM decision_order", house="authority")}
    assert numbers == {f"{OFFICE}-2026-{n}" for n in range(1, 5)}


def test_two_workers_end_a_thing_once(world: World) -> None:
    orders = [an_approval(world, a_request(world, another_item(world))) for _ in range(6)]
    for order in orders[:3]:
        a_measure(world, order)
    world.wait(days=3)
    at = world.now
    assert at_once([lambda: lapse_due(by=CLOCK, at=at)] * 3) == ["done"] * 3
    assert {state_of("order", order) for order in orders} == {"lapsed"}
    assert len(events("approval_lapsed", "authority")) == 6
    assert len(events("measure_ending", "authority")) == 3
    steps = [(event["body"]["request"], event["body"]["step"]) for event in events("request_late", "authority")]
    assert len(set(steps)) == len(steps) >= 6


def test_a_magistrate_and_the_clock_at_once_end_it_once(world: World) -> None:
    order = an_approval(world, a_request(world, another_item(world)))
    a_measure(world, order)
    world.wait(days=3)
    at, by = world.now, a_magistrate()
    came = at_once(
        [
            lambda: lapse_due(by=CLOCK, at=at),
            lambda: confirm_approval(order_id=order, words="", by=by, at=at),
            lambda: lift_order(order_id=order, words="no", by=by, at=at),
        ]
    )
    assert came == ["done", "refused", "refused"]
    assert state_of("order", order) == "lapsed"
    assert len(events("measure_ending", "authority")) == 1
