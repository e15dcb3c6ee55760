from datetime import date

import pytest

from maillon.directory.countries import is_country
from maillon.directory.hotlines import hotline_for, own_hotline, table
from maillon.kernel.errors import NoRule
from maillon.rules.table import Row

FIRST_DAY = date(2017, 5, 13)


@pytest.mark.parametrize("row", table().rows, ids=lambda row: row.key[0])
def test_every_hotline_has_a_country_a_name_and_says_whether_it_was_verified(row: Row) -> None:
    value = row.fields
    assert is_country(row.key[0])
    assert row.source
    assert value["names"]
    assert all(name.strip() for name in value["names"])
    assert bool(value["verified_at"]) == (row.basis == "read")


def test_a_country_may_have_several_hotlines() -> None:
    found = hotline_for("DE", FIRST_DAY)
    assert found is not None
    assert found.names == ("eco", "FSM", "jugendschutz.net")
    assert found.basis == "assumed"
    assert found.verified_at is None


def test_a_country_without_a_hotline_has_none_and_no_country_has_one_before_the_first_day() -> None:
    assert hotline_for("AQ", FIRST_DAY) is None
    assert hotline_for("NL", date(2017, 5, 12)) is None
    assert hotline_for("NL", FIRST_DAY) is not None


def test_belgium_s_own_hotline_is_never_a_destination() -> None:
    assert hotline_for("BE", FIRST_DAY) is None
    assert own_hotline(FIRST_DAY).names == ("Child Focus",)
    with pytest.raises(NoRule):
        own_hotline(date(2017, 5, 12))
