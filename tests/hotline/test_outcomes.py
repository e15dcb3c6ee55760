"""The outcome of a report follows from the verdicts of its items, whatever comes first and whoever settles them."""

import threading
import time
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection

from maillon.outbox.acting import acting, system_actor
from tests.factories.chain import a_report, assessed, read, received, reported, says
from tests.factories.people import an_analyst
from tests.factories.world import World

PLACES = ("http://one.test/a", "http://two.test/b")


def outcomes() -> list[str]:
    return [row["outcome"] for row in read("SELECT outcome FROM intake_report ORDER BY received_at, reference")]


def item_of(url: str) -> UUID:
    return UUID(str(read("SELECT id FROM items_item WHERE url = %s", [url])[0]["id"]))


@pytest.mark.parametrize(
    ("codes", "outcome"),
    [
        (("", ""), "open"),
        (("N", ""), "open"),
        (("N", "N"), "not_illegal"),
        (("A", ""), "illegal"),
        (("N", "A"), "illegal"),
    ],
)
@pytest.mark.parametrize("settled_first", [False, True])
def test_one_illegal_item_is_enough_and_all_must_be_settled_for_not_illegal(
    world: World, codes: tuple[str, str], outcome: str, settled_first: bool
) -> None:
    both = a_report(" ".join(PLACES), received_at=world.now)
    if settled_first:
        for place in PLACES:
            reported(world, place)
    else:
        received([both], at=world.now)
    for place, code in zip(PLACES, codes, strict=True):
        if code:
            assessed(world, item_of(place), says(code))
    if settled_first:
        received([both], at=world.now)
    assert read("SELECT outcome FROM intake_report WHERE reference = %s", [both.reference]) == [{"outcome": outcome}]


def test_a_changed_verdict_changes_every_report_that_speaks_of_the_item(world: World) -> None:
    item = reported(world)
    assessed(world, item, says("N"))
    reported(world)
    assert outcomes() == ["not_illegal", "not_illegal"]
    assessed(world, item, says("A"), an_analyst())
    assert outcomes() == ["illegal", "illegal"]


def test_an_outcome_in_doubt_again_stands_until_another_is_settled(world: World) -> None:
    item = reported(world)
    assessed(world, item, says("N"))
    assessed(world, item, says("A"), an_analyst(2))
    assert outcomes() == ["not_illegal"]


def test_two_who_settle_items_of_one_report_at_once_see_each_other(world: World) -> None:
    """The second waits for the report, and then counts what the first made of the other item."""
    received([a_report(" ".join(PLACES), received_at=world.now)], at=world.now)
    items = [item_of(place) for place in PLACES]
    second = an_analyst(2)
    with acting(system_actor("hotline", "reader")):
        assessed(world, items[0], says("N"))
        other = in_a_thread(lambda: assessed(world, items[1], says("N"), second))
        wait_until(lambda: waiting() or not other.is_alive())
        assert other.is_alive()
    other.join()
    assert outcomes() == ["not_illegal"]


def in_a_thread(work: Callable[[], object]) -> threading.Thread:
    def all_of_it() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=all_of_it)
    thread.start()
    return thread


def waiting() -> bool:
    """Whether somebody waits for a lock in this database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN "
            "(SELECT pid FROM pg_stat_activity WHERE datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)
