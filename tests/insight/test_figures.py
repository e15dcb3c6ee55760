"""The figures of a year: what is counted, when it was received, and what became of it."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from maillon.hotline.analysis.services import assess
from maillon.insight.figures import figures
from maillon.items.services import copy_item
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import acting, system_actor
from tests.factories.chain import a_report, assessed, read, received, reported, says, taken_note_of
from tests.factories.people import a_manager, a_police_assessor, a_police_officer, an_analyst, an_operator
from tests.factories.world import NOW, World
from tests.insight.reference import Reference, middle


def of(year: int, until: date | None = None, **more: bool) -> dict[str, Any]:
    return figures(year=year, until=until, by=a_manager(), **more)


def counts(found: dict[str, Any], like: dict[str, Any]) -> dict[str, Any]:
    return {name: found[name] for name in like}


def item_of(text: str) -> Any:
    return read("SELECT id FROM items_item WHERE url = %s", [text])[0]["id"]


def a_busy_year(world: World, seed: int) -> None:
    """Reports around every boundary of 2025, some of several items, some repeated; a part of the items is settled."""
    chance = random.Random(seed)
    places = [f"http://s{n % 5}.{cc}.test/{n}" for n in range(12) for cc in ("be", "nl", "nowhere")]
    start = datetime(2024, 12, 20, tzinfo=UTC)
    reports = [
        a_report(
            " ".join(chance.choices(places, k=chance.choice((1, 1, 1, 2, 4)))),
            received_at=start + timedelta(hours=chance.randrange(24 * 390)),
        )
        for _ in range(60)
    ]
    received(reports, at=world.now)
    world.drain()
    for row in read("SELECT id FROM items_item ORDER BY url"):
        code = chance.choice(("A", "N", "N", ""))
        if code:
            assessed(world, row["id"], says(code))
    world.drain()


@pytest.mark.parametrize("seed", [1])
def test_counts_are_those_of_a_plain_walk_over_the_rows(world: World, seed: int) -> None:
    a_busy_year(world, seed)
    expected = Reference(date(2025, 1, 1), date(2025, 12, 31)).counts()
    found = of(2025)
    assert counts(found, expected) == expected
    assert 0 < found["illegal"] < found["reports"]
    assert found["hosted_in_belgium"] > 0


@pytest.mark.parametrize("seed", [1, 2])
def test_until_leaves_out_what_was_received_later(world: World, seed: int) -> None:
    a_busy_year(world, seed)
    expected = Reference(date(2025, 1, 1), date(2025, 5, 12)).counts()
    assert counts(of(2025, date(2025, 5, 12)), expected) == expected


@pytest.mark.parametrize(
    ("received_at", "year", "month"),
    [
        (datetime(2024, 12, 31, 22, 59, 59, tzinfo=UTC), 2024, "2024-12"),  # winter: one hour ahead of UTC
        (datetime(2024, 12, 31, 23, 0, tzinfo=UTC), 2025, "2025-01"),
        (datetime(2025, 3, 31, 21, 59, 59, tzinfo=UTC), 2025, "2025-03"),  # summer, since the day before: two hours
        (datetime(2025, 3, 31, 22, 0, tzinfo=UTC), 2025, "2025-04"),
        (datetime(2025, 10, 31, 22, 59, 59, tzinfo=UTC), 2025, "2025-10"),  # winter again
        (datetime(2025, 10, 31, 23, 0, tzinfo=UTC), 2025, "2025-11"),
    ],
)
def test_a_report_belongs_to_its_day_in_brussels(houses: None, received_at: datetime, year: int, month: str) -> None:
    received([a_report("http://be.test/a", received_at=received_at)], at=NOW)
    assert of(year)["by_month"] == [{"month": month, "reports": 1, "illegal": 0, "not_illegal": 0, "open": 1}]
    assert [of(other)["reports"] for other in (2024, 2025, 2026) if other != year] == [0, 0]


def test_the_last_day_is_counted_to_its_end_in_brussels(houses: None) -> None:
    moments = [datetime(2025, 3, 30, 21, 59, tzinfo=UTC), datetime(2025, 3, 30, 22, 1, tzinfo=UTC)]
    received([a_report("http://be.test/a", received_at=moment) for moment in moments], at=NOW)
    assert of(2025, date(2025, 3, 30))["reports"] == 1
    assert of(2025, date(2025, 3, 31))["reports"] == 2


def test_a_report_of_several_illegal_items_is_one_illegal_report(world: World) -> None:
    text = "http://one.be.test/a http://two.be.test/b http://two.be.test/c"
    received([a_report(text, received_at=world.now)], at=world.now)
    world.drain()
    for url in text.split():
        assessed(world, item_of(url), says("A"))
    found = of(2026)
    assert (found["reports"], found["illegal"], found["items_illegal"], found["hosted_in_belgium"]) == (1, 1, 3, 2)


def test_every_report_of_an_illegal_item_is_illegal(world: World) -> None:
    item = reported(world)
    world.drain()
    assessed(world, item, says("A"))
    reported(world)
    found = of(2026)
    assert (found["reports"], found["illegal"], found["items"]) == (2, 2, 1)
    assert found["by_outcome"] == {"illegal": 2, "not_illegal": 0, "open": 0}


def test_an_outcome_that_came_after_the_period_counts(world: World) -> None:
    item = reported(world)
    world.wait(days=400)
    world.drain()
    assessed(world, item, says("A"))
    assert of(2026, NOW.date())["illegal"] == 1


def test_a_repeat_imported_twice_counts_once(world: World) -> None:
    report = a_report("http://be.test/a", received_at=world.now)
    received([report], at=world.now)
    received([report], at=world.now)
    assert of(2026)["reports"] == 1


def test_times_run_from_the_first_report_of_an_item(world: World) -> None:
    urls = ["http://be.test/a", "http://be.test/b", "http://be.test/c"]
    begun = world.now
    items = [reported(world, url) for url in urls]
    world.wait(hours=1)
    world.drain()
    waits = []
    for url, item in zip(urls, items, strict=True):
        world.wait(hours=2)
        assessed(world, item, says("A"))
        waits.append(seconds(world, begun))
        world.drain()
        reported(world, url)
        world.drain()
    world.wait(hours=1)
    taken_note_of(world)
    world.drain()
    found = of(2026)["times"]
    answered = seconds(world, begun)
    assert found["located"] == {"count": 3, "median_seconds": 3600, "p90_seconds": 3600}
    assert found["settled"] == {"count": 3, "median_seconds": middle(waits), "p90_seconds": max(waits)}
    assert found["first_opinion"] == found["sent"] == found["settled"]
    assert found["acknowledged"] == {"count": 3, "median_seconds": answered, "p90_seconds": answered}


def seconds(world: World, begun: datetime) -> int:
    return int((world.now - begun).total_seconds())


def test_an_item_known_before_the_period_adds_no_time(world: World) -> None:
    received([a_report("http://be.test/a", received_at=datetime(2025, 6, 1, tzinfo=UTC))], at=world.now)
    reported(world)
    world.drain()
    assert of(2026)["reports"] == 1
    assert of(2026)["times"]["located"]["count"] == 0


def test_an_item_of_another_year_or_house_is_an_item_of_every_year_that_speaks_of_it(world: World) -> None:
    """However often, and in whatever order it was brought in; times run in the year of the report that made it."""
    at = {year: datetime(year, 6, 1, tzinfo=UTC) for year in (2024, 2025, 2026)}
    copied = a_report("http://two.be.test/b", received_at=at[2025])
    with acting(system_actor("hotline", "reader")):
        copy_item(house="hotline", location=copied.locations[0], origin="police", ref="P-1", at=world.now)
    received(
        [a_report("http://one.be.test/a", received_at=at[year]) for year in (2025, 2024, 2025, 2026)], at=world.now
    )
    received([copied], at=world.now)
    world.drain()
    for url in ("http://one.be.test/a", "http://two.be.test/b"):
        assessed(world, item_of(url), says("A"))
    found = {year: of(year) for year in at}
    names = ("reports", "illegal", "items", "sites", "items_illegal", "hosted_in_belgium")
    assert [tuple(found[year][name] for name in names) for year in at] == [
        (1, 1, 1, 1, 1, 1),
        (3, 3, 2, 2, 2, 1),
        (1, 1, 1, 1, 1, 1),
    ]
    assert [found[year]["times"]["settled"]["count"] for year in at] == [0, 1, 0]


def test_an_item_known_from_a_former_record_has_no_time_to_its_location(world: World) -> None:
    """It was located here long after; when it was assessed is what the record says."""
    report = a_report("http://be.test/a", received_at=datetime(2019, 4, 1, 9, tzinfo=UTC))
    received([report], at=world.now)
    world.drain()
    assert of(2019)["times"]["located"]["count"] == 1
    assess(
        item_id=item_of("http://be.test/a"), report_id=None, stated=says("A"), person=an_analyst(), by=an_operator(),
        assessed_at=datetime(2019, 4, 1, 10, tzinfo=UTC), person_kind="hotline", at=world.now,
    )  # fmt: skip
    found = of(2019)["times"]
    assert found["located"]["count"] == 0
    assert found["first_opinion"] == found["settled"] == {"count": 1, "median_seconds": 3600, "p90_seconds": 3600}


def test_figures_are_right_before_anything_is_handed_over(world: World) -> None:
    item = reported(world)
    assessed(world, item, says("A"))
    assert of(2026)["by_outcome"] == {"illegal": 1, "not_illegal": 0, "open": 0}
    assessed(world, item, says("N"))
    assert of(2026)["by_outcome"] == {"illegal": 0, "not_illegal": 1, "open": 0}


def test_what_is_late_is_counted(world: World) -> None:
    reported(world)
    world.drain()
    assert of(2026)["late"] == {"cases": 0, "referrals": 0}
    world.wait(days=60)
    world.drain()
    assert of(2026)["late"] == {"cases": 1, "referrals": 0}


def test_times_are_left_out_where_nobody_asks(houses: None) -> None:
    found = of(2026, times=False)
    assert "times" not in found
    assert not [name for name in found["definitions"] if name.startswith("times")]


def test_every_figure_has_its_definition_and_the_query_as_it_ran(world: World) -> None:
    reported(world)
    ran: list[str] = []

    def note(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        ran.append(statement.strip())
        return execute(statement, params, many, context)

    by = a_manager()
    with connection.execute_wrapper(note):
        found = figures(year=2026, by=by)
    facts = {"house", "year", "first_day", "last_day", "definitions", "times"}
    assert set(found) - facts | {f"times.{step}" for step in found["times"]} == set(found["definitions"])
    for told in found["definitions"].values():
        assert told["means"]
        assert set(told["sql"]) <= set(ran)


def test_figures_are_those_of_one_house(world: World) -> None:
    item = reported(world)
    world.drain()
    assessed(world, item, says("A"))
    world.drain()
    found = figures(year=2026, by=a_police_officer())
    assert (found["house"], found["reports"], found["items"]) == ("authority", 0, 0)


def test_figures_need_their_permission(houses: None) -> None:
    assert figures(year=2026, by=an_analyst())["reports"] == 0
    with pytest.raises(NotAllowed):
        figures(year=2026, by=a_police_assessor())


@pytest.mark.parametrize(("year", "until"), [(2026, date(2025, 12, 31)), (0, None), (12026, None)])
def test_a_period_that_is_none_is_refused(houses: None, year: int, until: date | None) -> None:
    with pytest.raises(BadInput):
        figures(year=year, until=until, by=an_operator())


def test_the_settings_of_the_figures_end_with_them(houses: None) -> None:
    before = _setting()
    of(2026)
    assert _setting() == before


def _setting() -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('work_mem'), current_setting('jit')")
        found = cursor.fetchone()
    assert isinstance(found, tuple)
    return found
