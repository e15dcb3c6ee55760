"""Reports are received once, join the item they speak of, and open it again when the rules say so."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from maillon.hotline.analysis.states import Case
from maillon.hotline.intake.policy import reopens
from maillon.hotline.intake.services import NewReport, Received, receive_reports
from maillon.items.states import Item
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed
from maillon.outbox.sql import Row
from tests.factories.chain import a_report, an_item, case_of, events, read, received, reported
from tests.factories.people import a_manager, a_police_officer, a_senior, an_analyst, an_operator
from tests.factories.world import NOW, World

A = "http://a.test/x"


def report(text: str = A, reference: str = "", at: datetime = NOW, **more: str) -> NewReport:
    return a_report(text, reference=reference, received_at=at, **more)


def counts() -> Row:
    return read(
        "SELECT (SELECT count(*) FROM intake_report) AS reports, "
        "(SELECT count(*) FROM intake_report_location) AS links, "
        "(SELECT count(*) FROM items_item) AS items, (SELECT count(*) FROM items_site) AS sites, "
        "(SELECT count(*) FROM outbox_event WHERE kind LIKE 'reported%%') AS events"
    )[0]


def effects() -> list[str]:
    return [row["body"]["effect"] for kind in ("reported", "reported_again") for row in events(kind)]


def test_the_same_location_joins_the_same_item_however_it_is_written(houses: None) -> None:
    spellings = ["http://a.test/x", "HTTP://A.TEST:80/x", "hxxp://a[.]test/x", "a.test/x", "http://a.test/y/../x"]
    assert received([report(text) for text in spellings], at=NOW) == Received(
        new=5, known=0, taken=(), items=1, reopened=0
    )
    assert received([report(A)], at=NOW).items == 0
    assert counts() == {"reports": 6, "links": 6, "items": 1, "sites": 1, "events": 6}
    assert effects() == ["new", *["joined"] * 5]


def test_different_locations_are_different_items_of_their_site(houses: None) -> None:
    received([report("http://a.test/x http://a.test/x#1 http://a.test:8080/x http://b.test/")], at=NOW)
    assert counts() == {"reports": 1, "links": 4, "items": 4, "sites": 2, "events": 4}


def test_a_location_named_twice_in_one_report_is_one_link(houses: None) -> None:
    received([report("http://a.test/x and a.test/x")], at=NOW)
    assert counts()["links"] == 1


def test_an_address_stays_as_each_report_wrote_it(houses: None) -> None:
    received([report("hxxp://a[.]test/x", "R-a"), report("HTTP://a.test/x", "R-b")], at=NOW)
    given = read(
        "SELECT r.reference, l.given FROM intake_report_location l "
        "JOIN intake_report r ON r.id = l.report_id ORDER BY 1"
    )
    assert [row["given"] for row in given] == ["hxxp://a[.]test/x", "HTTP://a.test/x"]
    received([report("a.test/x", "R-c")], at=NOW)
    assert read("SELECT url FROM items_item") == [{"url": "hxxp://a[.]test/x"}]


def test_repeating_a_file_changes_nothing(houses: None) -> None:
    reports = [report(f"http://a.test/{n}", f"R-{n}x") for n in range(5)]
    received(reports, at=NOW)
    before = counts()
    again = received(reports, at=NOW + timedelta(days=300))
    assert again == Received(new=0, known=5, taken=(), items=0, reopened=0)
    assert counts() == before


def test_a_reference_taken_by_another_content_is_named_and_nothing_of_it_is_stored(houses: None) -> None:
    received([report(A, "R-1x")], at=NOW)
    before = counts()
    others = [
        report("http://other.test/", "R-1x"),
        report(A, "R-1x", remark="a remark"),
        report(A, "R-1x", at=NOW - timedelta(seconds=1)),
    ]
    for other in others:
        assert received([other], at=NOW).taken == (0,)
    assert counts() == before


def test_a_reference_used_twice_in_one_batch_is_the_first_ones(houses: None) -> None:
    first, second = report("http://a.test/1", "R-1x"), report("http://a.test/2", "R-1x")
    assert received([first, second, first], at=NOW) == Received(new=1, known=1, taken=(1,), items=1, reopened=0)
    assert read("SELECT url FROM items_item") == [{"url": "http://a.test/1"}]


def test_a_dry_run_says_what_would_happen_and_stores_nothing(houses: None) -> None:
    before = counts()
    found = receive_reports(reports=[report(), report()], by=an_operator(), at=NOW, dry_run=True)
    assert found == Received(new=2, known=0, taken=(), items=1, reopened=0)
    assert counts() == before


def test_the_number_of_statements_is_the_same_for_any_number_of_rows(houses: None) -> None:
    taken = []
    for size in (1, 10, 1000):
        batch = [report(f"http://s{n}.test/{size}") for n in range(size)]
        with CaptureQueriesContext(connection) as captured:
            assert received(batch, at=NOW).new == size
        taken.append(len([q for q in captured.captured_queries if "set_config" not in q["sql"]]))
        received([report(loc.given) for r in batch[:3] for loc in r.locations], at=NOW)
    assert taken[0] == taken[1] == taken[2]


@pytest.mark.parametrize("someone", [an_analyst, a_senior, a_manager])
def test_who_may_not_import_stores_nothing(houses: None, someone: object) -> None:
    with pytest.raises(NotAllowed, match="may not import reports"):
        received([report()], at=NOW, by=someone())  # type: ignore[operator]
    assert counts()["reports"] == 0


def test_an_officer_of_another_house_may_not_import(houses: None) -> None:
    with pytest.raises(NotAllowed):
        received([report()], at=NOW, by=a_police_officer())


@pytest.mark.parametrize(
    ("state", "days", "opened"),
    [
        (Item.OPEN, 0, False),
        (Item.ILLEGAL, 0, True),
        (Item.OFFLINE, 0, True),
        (Item.NOT_ILLEGAL, 0, False),
        (Item.NOT_ILLEGAL, 179, False),
        (Item.NOT_ILLEGAL, 180, True),
    ],
)
def test_a_new_report_opens_again_what_the_table_says(world: World, state: Item, days: int, opened: bool) -> None:
    item = an_item(world, in_state=state)
    world.wait(days=days)
    found = received([report("http://be.test/a", at=world.now)], at=world.now)
    assert found.reopened == opened
    assert read("SELECT state FROM items_item") == [{"state": Item.OPEN if opened else state}]
    expected = "reopened" if opened else "joined" if state == Item.OPEN else "repeated"
    last = max(events("reported") + events("reported_again"), key=lambda row: int(row["id"]))
    assert last["body"]["effect"] == expected
    world.drain()
    case = case_of(item)
    if opened and state != Item.OFFLINE:
        assert (case["round"], case["state"]) == (2, Case.WAITING)
    else:
        assert case["round"] == 1


def test_two_reports_of_one_batch_open_an_item_once(world: World) -> None:
    an_item(world, in_state="illegal")
    found = received([report("http://be.test/a", at=world.now), report("http://be.test/a", at=world.now)], at=world.now)
    assert found.reopened == 1
    assert effects() == ["new", "reopened", "joined"]


def test_a_repeat_counts_from_the_day_it_was_received_not_from_the_day_it_is_brought_in(world: World) -> None:
    an_item(world, in_state="not_illegal")
    late = report("http://be.test/a", at=world.now)
    world.wait(days=400)
    assert received([late], at=world.now).reopened == 0


@pytest.mark.parametrize("state", ["illegal", "offline", "not_illegal"])
def test_whether_it_opens_is_read_by_the_day_in_brussels(state: str) -> None:
    settled = brussels_day(datetime(2026, 1, 1, 23, 30, tzinfo=UTC))
    assert settled.isoformat() == "2026-01-02"
    days = 180 if state == "not_illegal" else 0
    assert reopens(state=state, settled_on=settled, on=settled + timedelta(days=days))
    if days:
        assert not reopens(state=state, settled_on=settled, on=settled + timedelta(days=days - 1))


def test_a_report_is_located_and_waits_for_an_analyst(world: World) -> None:
    item = reported(world)
    world.drain()
    assert case_of(item)["state"] == Case.WAITING
    assert read("SELECT country, reason FROM observation_location") == [{"country": "BE", "reason": "agreed"}]


def test_a_report_leaves_no_trace_of_its_author(world: World) -> None:
    """No column of the tables that hold reports could take an address or a browser's name."""
    assert columns("intake_report") == {
        "house", "id", "reference", "received_at", "received_on", "channel", "language", "locations", "remark",
        "digest", "outcome", "state", "receipt", "stated", "organisation", "entered_by", "demands",
    }  # fmt: skip
    assert columns("intake_contact") == {"house", "report_id", "sealed", "given_at"}
    assert columns("intake_reporter_message") == {
        "house", "id", "report_id", "side", "person", "text", "written_at", "read_at",
    }  # fmt: skip
    assert columns("intake_batch") == {"house", "organisation", "key", "digest", "answer", "made_at"}


def columns(table: str) -> set[str]:
    return {row["n"] for row in read("SELECT column_name AS n FROM information_schema.columns WHERE table_name = %s",
                                     [table])}  # fmt: skip
