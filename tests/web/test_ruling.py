"""The rule behind a reference."""

import pytest

from maillon.rules.table import Row, load, names
from maillon.web.ruling import ruling

ROWS = [row for name in names() for row in load(name).rows]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.table}/{row.index}")
def test_every_row_is_found_by_its_reference(row: Row) -> None:
    found = ruling(row.ref)
    assert (found.name, found.basis, found.source) == (f"{row.table}/{row.index}", row.basis, row.source)


@pytest.mark.parametrize("ref", ["route/1@000000000000", "route/9999@000000000000", "nothing/1@00", "words", ""])
def test_a_reference_whose_row_says_something_else_today_claims_no_basis(ref: str) -> None:
    assert (ruling(ref).basis, ruling(ref).source) == ("", "")
