"""Reports year by year, and the agreed terms beside the times."""

from datetime import UTC, date, datetime, timedelta

import pytest

from maillon.insight.agreed import agreed, ordinary_monday
from maillon.insight.years import years
from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import NotAllowed
from maillon.rules.calendar import belgian
from tests.factories.chain import a_report, assessed, read, received, says
from tests.factories.people import a_manager, a_police_assessor
from tests.factories.world import World
from tests.insight.reference import Reference


def test_years_are_those_of_a_plain_walk_over_the_rows(world: World) -> None:
    moments = [datetime(2022, 12, 31, 23, 30, tzinfo=UTC), *(datetime(2025, m, 9, tzinfo=UTC) for m in (1, 5, 7))]
    received(
        [a_report(f"http://s{n}.be.test/{n}", received_at=moment) for n, moment in enumerate(moments)], at=world.now
    )
    world.drain()
    first, second, *_rest = read("SELECT id FROM items_item ORDER BY url")
    assessed(world, first["id"], says("A"))
    assessed(world, second["id"], says("N"))
    expected = []
    for year in (2023, 2024, 2025):
        counts = Reference(date(year, 1, 1), date(year, 12, 31)).counts()
        expected.append({"year": year, "reports": counts["reports"], **counts["by_outcome"]})
    assert years(by=a_manager()) == expected
    assert [row["reports"] for row in expected] == [1, 0, 3]


def test_without_a_report_there_is_no_year(houses: None) -> None:
    assert years(by=a_manager()) == []


def test_years_need_the_permission_of_figures(houses: None) -> None:
    with pytest.raises(NotAllowed):
        years(by=a_police_assessor())


def test_terms_add_up_from_the_report() -> None:
    """A working day to decide, a working hour to send, a working day to acknowledge: hours pass in between."""
    found = {step: term.seconds // 3600 for step, term in agreed(2026).items()}
    assert found == {"first_opinion": 24, "settled": 24, "sent": 25, "acknowledged": 49}
    assert {rule.basis for term in agreed(2026).values() for rule in term.rules} == {"assumed"}


def test_before_a_term_was_agreed_there_is_none() -> None:
    assert list(agreed(2016)) == ["first_opinion", "settled"]


@pytest.mark.parametrize("year", range(2015, 2040))
def test_the_week_that_terms_are_added_up_in_has_no_holiday(year: int) -> None:
    monday = ordinary_monday(year).astimezone(BRUSSELS).date()
    assert monday.weekday() == 0
    assert all(belgian().hours(monday + timedelta(days=n)) for n in range(5))
