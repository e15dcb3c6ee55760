from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from maillon.directory.models import Provider
from maillon.directory.queries import establishment, establishments
from maillon.directory.services import state_provider
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import rows

# Numbers kept for documentation (RFC 5398).
FIRST, SECOND, UNKNOWN = 64496, 64497, 64511
OPERATOR = Actor("hotline", "operator", "child-focus", frozenset({"operator"}))
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def state(asn: int, country: str, valid_from: date, *, source: str = "made up", basis: str = "assumed") -> None:
    state_provider(
        by=OPERATOR,
        asn=asn,
        name=f"Provider {asn}",
        country=country,
        valid_from=valid_from,
        source=source,
        basis=basis,
        at=AT,
    )


@pytest.fixture
def moved() -> None:
    """A provider that moves from Belgium to the Netherlands on 1 July 2020, beside one that stays."""
    state(FIRST, "BE", date(2018, 1, 1))
    state(FIRST, "NL", date(2020, 7, 1))
    state(SECOND, "FR", date(2018, 1, 1))
    return


@pytest.mark.usefixtures("moved")
@pytest.mark.parametrize(
    ("on", "country"),
    [
        (date(2017, 12, 31), None),
        (date(2018, 1, 1), "BE"),
        (date(2020, 6, 30), "BE"),
        (date(2020, 7, 1), "NL"),
        (date(2099, 1, 1), "NL"),
    ],
)
def test_a_provider_is_established_where_it_was_on_that_day(on: date, country: str | None) -> None:
    assert establishment(FIRST, on) == country


@pytest.mark.usefixtures("moved")
def test_many_are_answered_at_once_and_unknown_ones_left_out() -> None:
    assert establishments([FIRST, SECOND, UNKNOWN], date(2021, 1, 1)) == {FIRST: "NL", SECOND: "FR"}
    assert establishments([], date(2021, 1, 1)) == {}


@pytest.mark.usefixtures("moved")
def test_repeating_a_statement_changes_nothing() -> None:
    def kept() -> tuple[list[dict[str, object]], list[dict[str, object]]]:
        with acting(OPERATOR):
            facts = rows("SELECT * FROM directory_provider ORDER BY asn, valid_from")
            return facts, rows("SELECT uid FROM outbox_event WHERE kind = 'provider_stated' ORDER BY id")

    before = kept()
    state(FIRST, "NL", date(2020, 7, 1))
    assert kept() == before
    assert len(before[1]) == 3


@pytest.mark.usefixtures("moved")
def test_what_was_stated_is_not_rewritten() -> None:
    with pytest.raises(BadInput, match="later first day"):
        state(FIRST, "DE", date(2020, 7, 1))
    with pytest.raises(BadInput, match="later first day"):
        state(FIRST, "DE", date(2019, 1, 1))


@pytest.mark.usefixtures("moved")
def test_the_database_refuses_two_countries_on_one_day() -> None:
    with pytest.raises(IntegrityError, match="directory_provider_one_at_a_time"), transaction.atomic():
        Provider.objects.create(
            asn=FIRST, name="Twice", country="DE", valid_from=date(2019, 1, 1), source="made up", basis="read"
        )


@pytest.mark.parametrize(
    ("country", "source", "basis"),
    [("EU", "made up", "read"), ("BE", " ", "read"), ("BE", "made up", "guessed")],
)
def test_a_statement_needs_a_country_a_source_and_a_basis(country: str, source: str, basis: str) -> None:
    with pytest.raises(BadInput):
        state(FIRST, country, date(2018, 1, 1), source=source, basis=basis)
    assert establishment(FIRST, date(2018, 1, 1)) is None
