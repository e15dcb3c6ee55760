"""The dispatcher hands every event over once, in order per handler and item, and one bad event holds back no other."""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from maillon.hotline.intake.events import REPORTED_AGAIN
from maillon.kernel.clock import Clock, FixedClock
from maillon.outbox import registry
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.deliveries import BODIES, DUE, EVENTS, FIRST, PAUSES, Outcome, claim, dispatch, stuck, try_again
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed, Verb, register
from maillon.outbox.sql import Params, Row, one, run
from tests.factories.chain import read
from tests.factories.people import an_operator
from tests.factories.world import NOW

HANDLER = "probe"
ITEM, OTHER = uuid4(), uuid4()


class Probe:
    """A handler that notes what it was handed, in the dispatcher's own transaction, and fails where it is told to.

    It writes to a column that nothing else uses here: what it notes is rolled back with it.
    """

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.fails: Callable[[Handed], bool] = lambda event: False

    def __call__(self, *, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
        self.batches.append([event.id for event in handed])
        for event in handed:
            run("UPDATE access_organisation SET name = name || %s WHERE id = 'child-focus'", [f" {event.id}"])
            if self.fails(event):
                raise RuntimeError(f"event {event.body['reference']} is refused")


@pytest.fixture
def registered(houses: None) -> Iterator[Callable[[Verb], None]]:
    """Registers a verb for one kind, as `flow` registers its own; taken out again afterwards."""
    yield lambda verb: register(house="hotline", kind=REPORTED_AGAIN.name, handler=HANDLER, verb=verb)
    del registry._verbs["hotline", HANDLER]
    registry._handlers["hotline", REPORTED_AGAIN.name].remove(HANDLER)


@pytest.fixture
def probe(registered: Callable[[Verb], None]) -> Probe:
    made = Probe()
    registered(made)
    return made


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


def happen(*items: UUID | None) -> None:
    """One event per item, in this order."""
    by = an_operator()
    bodies = [{"report": "r", "reference": f"{n}", "channel": "web", "effect": "joined"} for n in range(len(items))]
    events = [
        NewEvent(kind=REPORTED_AGAIN, item=item, body=body, happened_at=NOW)
        for item, body in zip(items, bodies, strict=True)
    ]
    with acting(by):
        record(events, by=by, at=NOW)


def deliveries() -> list[Row]:
    return read(
        "SELECT event_id, item, state, attempts, due_at, error FROM outbox_delivery WHERE handler = 'probe' "
        "ORDER BY event_id"
    )


def handed_over() -> list[int]:
    """The events whose handing over was committed, in the order of it."""
    with acting(system_actor("hotline", "reader")):
        found = one("SELECT name FROM access_organisation WHERE id = 'child-focus'")
    assert found is not None
    return [int(word) for word in found["name"].removeprefix("Child Focus").split()]


def go(clock: Clock, **more: int) -> Outcome:
    return dispatch(house="hotline", handler=HANDLER, clock=clock, **more)


def test_events_are_handed_over_once_in_their_order(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM, OTHER, None, uuid4())
    ids = [row["event_id"] for row in deliveries()]
    assert go(clock) == Outcome(4, 0)
    assert go(clock) == Outcome(0, 0)
    assert handed_over() == ids
    assert probe.batches == [ids]
    assert deliveries() == []


def test_an_event_of_the_same_item_waits_for_the_one_before(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM, ITEM, OTHER, ITEM, None, None)
    first, second, other, third, loose, looser = (row["event_id"] for row in deliveries())
    for expected in ([first, other, loose, looser], [second], [third], []):
        before = len(handed_over())
        go(clock)
        assert handed_over()[before:] == expected


def test_a_batch_is_limited(probe: Probe, clock: FixedClock) -> None:
    happen(*(uuid4() for _ in range(5)))
    assert [go(clock, limit=2).done for _ in range(4)] == [2, 2, 1, 0]


def rows_read(node: dict[str, Any]) -> int:
    """The rows that a plan's nodes looked at, kept or not."""
    own = node["Actual Rows"] + sum(n for key, n in node.items() if key.startswith("Rows Removed"))
    return int(own * node["Actual Loops"]) + sum(rows_read(child) for child in node.get("Plans", []))


def test_a_claim_reads_no_more_than_its_backlog_however_old_the_statistics_are(probe: Probe, clock: FixedClock) -> None:
    items = [uuid4() for _ in range(4_000)]
    happen(*items[:2_000])
    while go(clock).done:
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE outbox_delivery, outbox_event, outbox_eventbody")
    happen(*(items * 2))
    given = {"house": "hotline", "handler": HANDLER, "now": clock.now(), "limit": 500, "after": 0}
    with acting(system_actor("hotline", "reader")):
        due = claim(house="hotline", handler=HANDLER, at=clock.now(), limit=500)
        ids = [row["event_id"] for row in due]
        assert len(ids) == 500
        for statement, params in (
            (DUE, given),
            (FIRST, {**given, "items": [row["item"] for row in due]}),
            (EVENTS, ["hotline", ids]),
            (BODIES, ["hotline", ids]),
        ):
            assert rows_read(explained(statement, params)) < 3 * 3 * len(items), statement


def explained(statement: str, params: Params) -> dict[str, Any]:
    """How a statement is carried out, as it is carried out."""
    told = one(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", params)
    assert told is not None
    [[found]] = told.values()
    return dict(found["Plan"])


def test_what_is_behind_many_that_are_held_back_is_claimed(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM, *[ITEM] * 5, OTHER)
    bad, *_behind, good = (row["event_id"] for row in deliveries())
    probe.fails = lambda event: event.id == bad
    assert go(clock, limit=1) == Outcome(0, 1)
    assert go(clock, limit=2) == Outcome(1, 0)
    assert handed_over() == [good]


def test_one_failing_event_holds_back_only_its_item(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM, OTHER, ITEM, OTHER)
    bad, good, behind, better = (row["event_id"] for row in deliveries())
    probe.fails = lambda event: event.id == bad
    assert go(clock) == Outcome(1, 1)
    assert go(clock) == Outcome(1, 0)
    assert go(clock) == Outcome(0, 0)
    assert handed_over() == [good, better]
    assert [(row["event_id"], row["state"]) for row in deliveries()] == [(bad, "due"), (behind, "due")]
    assert deliveries()[0]["error"] == "RuntimeError: event 0 is refused"


def test_after_a_failure_the_batch_is_tried_one_by_one_and_what_a_failing_verb_wrote_is_undone(
    probe: Probe, clock: FixedClock
) -> None:
    happen(*(uuid4() for _ in range(4)))
    ids = [row["event_id"] for row in deliveries()]
    probe.fails = lambda event: event.id == ids[2]
    assert go(clock) == Outcome(3, 1)
    assert probe.batches == [ids, *([n] for n in ids)]
    assert handed_over() == [ids[0], ids[1], ids[3]]


def test_a_failure_is_retried_after_growing_pauses_and_then_reaches_a_person(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM)
    probe.fails = lambda event: True
    for attempt, pause in enumerate(PAUSES, start=1):
        assert go(clock) == Outcome(0, 1)
        [row] = deliveries()
        assert (row["state"], row["attempts"], row["due_at"]) == ("due", attempt, clock.now() + pause)
        clock.at += pause - timedelta(microseconds=1)
        assert go(clock) == Outcome(0, 0)
        clock.at += timedelta(microseconds=1)
    assert go(clock) == Outcome(0, 1)
    assert deliveries()[0]["state"] == "stuck"
    clock.at += timedelta(days=365)
    assert go(clock) == Outcome(0, 0)
    assert list(PAUSES) == sorted(PAUSES)
    with acting(system_actor("hotline", "reader")):
        assert [row["error"] for row in stuck(house="hotline")] == ["RuntimeError: event 0 is refused"]


def test_what_is_stuck_is_handed_over_once_a_person_says_so_and_what_waited_follows(
    probe: Probe, clock: FixedClock
) -> None:
    happen(ITEM, ITEM)
    ids = [row["event_id"] for row in deliveries()]
    probe.fails = lambda event: True
    for pause in (*PAUSES, timedelta()):
        go(clock)
        clock.at += pause
    probe.fails = lambda event: False
    assert go(clock) == Outcome(0, 0)
    with acting(an_operator()):
        assert try_again(house="hotline", at=clock.now()) == 1
    assert [go(clock).done, go(clock).done, go(clock).done] == [1, 1, 0]
    assert handed_over() == ids


def test_a_delivery_that_is_not_due_yet_waits(probe: Probe, clock: FixedClock) -> None:
    happen(ITEM)
    assert go(FixedClock(NOW - timedelta(microseconds=1))) == Outcome(0, 0)
    assert go(FixedClock(NOW)) == Outcome(1, 0)


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    def all_of_it() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=all_of_it)
    thread.start()
    return thread


def test_two_dispatchers_keep_the_order_and_hand_nothing_over_twice(
    registered: Callable[[Verb], None], clock: FixedClock
) -> None:
    noted: list[tuple[UUID | None, int]] = []
    registered(lambda handed, by, clock: noted.extend((event.item, event.id) for event in handed))
    happen(*[uuid4() for _ in range(20)] * 10)
    start = threading.Barrier(2)

    def work() -> None:
        start.wait()
        while any(row["state"] == "due" for row in deliveries()):
            go(clock, limit=3)

    for thread in [in_a_thread(work), in_a_thread(work)]:
        thread.join()
    by_item = defaultdict(list)
    for item, number in noted:
        by_item[item].append(number)
    assert len(noted) == 200 == len(set(noted))
    assert all(numbers == sorted(numbers) and len(numbers) == 10 for numbers in by_item.values())


def test_a_second_dispatcher_passes_over_what_the_first_holds(
    registered: Callable[[Verb], None], clock: FixedClock
) -> None:
    happened, inside, go_on = [ITEM, OTHER, ITEM], threading.Event(), threading.Event()
    noted: list[UUID | None] = []

    def verb(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
        noted.extend(event.item for event in handed)
        if not inside.is_set():
            inside.set()
            go_on.wait()

    registered(verb)
    happen(*happened)
    first = in_a_thread(lambda: go(clock, limit=1))
    inside.wait()
    try:
        assert go(clock) == Outcome(1, 0)
    finally:
        go_on.set()
        first.join()
    assert noted == [ITEM, OTHER]
    assert go(clock) == Outcome(1, 0)
    assert noted == [ITEM, OTHER, ITEM]
