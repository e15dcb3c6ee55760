"""The outcome of a report follows from the verdicts of its items, whatever comes first and whoever settles them."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection

from maillon.hotline.intake.following import OUTCOMES, report_by_receipt
from maillon.hotline.intake.submitting import reporter_actor
from maillon.hotline.referral.outcomes import outcomes_of, take_outcome
from maillon.hotline.referral.telling import told
from maillon.items.services import note_offline
from maillon.outbox.acting import acting, system_actor
from tests.factories.chain import a_report, assessed, events, read, received, reported, says
from tests.factories.people import an_analyst
from tests.factories.reporters import receipt_hash, submitted
from tests.factories.telling import again, hold, hold_ended, outcome
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


def test_what_the_authority_says_stands_once_and_in_the_order_in_which_it_happened(world: World) -> None:
    item, first = reported(world), world.now
    world.wait(hours=2)
    message = outcome(world, item, "ordered")
    take_outcome(handed=again(message), by=system_actor("hotline", "dispatcher"), clock=world.clock)
    outcome(world, item, "requested", happened_at=first)
    with acting(system_actor("hotline", "reader")):
        found = [row["outcome"] for row in outcomes_of(item_id=item)]
    assert found == ["ordered", "requested"]
    assert [e["body"]["became"] for e in events("referral_outcome")] == ["ordered", "requested"]


def test_nobody_but_the_authority_says_what_became_of_an_item_there(world: World) -> None:
    outcome(world, reported(world), "ordered", sender="inhope-nl")
    assert read("SELECT 1 FROM referral_outcome") == []


def a_reporter_is_told() -> str:
    reporter = reporter_actor()
    with acting(reporter):
        report = report_by_receipt(receipt_hash())
        assert report is not None
        return told(report, by=reporter)


def test_a_reporter_learns_that_the_prosecutor_decided_and_not_what(world: World) -> None:
    submitted()
    world.drain()
    item = item_of(PLACES[0].replace("one", "be"))
    assessed(world, item, says("A"))
    world.drain()
    said = []
    for became in ("requested", "approved", "ordered", "carried_out", "lifted"):
        outcome(world, item, became)
        said.append(a_reporter_is_told())
    assert said == ["passed_on", "passed_on", "decided", "decided", "decided"]
    note_offline(item_id=item, statement="nothing answers", by=an_analyst(), at=world.now)
    assert a_reporter_is_told() == "no_longer_online"
    assert set(said) < set(OUTCOMES)


def test_a_refusal_of_the_prosecutor_and_an_order_are_told_alike(world: World) -> None:
    submitted()
    world.drain()
    item = item_of(PLACES[0].replace("one", "be"))
    assessed(world, item, says("A"))
    outcome(world, item, "refused")
    assert a_reporter_is_told() == "decided"


def test_a_hold_shows_nowhere_to_a_reporter(world: World) -> None:
    submitted()
    world.drain()
    item = item_of(PLACES[0].replace("one", "be"))
    assessed(world, item, says("A"))
    world.drain()
    before = a_reporter_is_told()
    held = hold(world, item, world.now + timedelta(days=30))
    outcome(world, item, "left_online")
    during = a_reporter_is_told()
    outcome(world, item, "review_due")
    hold_ended(world, item, held)
    assert (before, during, a_reporter_is_told()) == ("passed_on",) * 3


def test_what_turned_out_not_illegal_is_not_told_as_decided(world: World) -> None:
    submitted()
    world.drain()
    item = item_of(PLACES[0].replace("one", "be"))
    outcome(world, item, "ordered")
    assert a_reporter_is_told() == "being_looked_at"
    assessed(world, item, says("N"))
    assert a_reporter_is_told() == "no_action"
