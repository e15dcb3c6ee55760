"""The plot of distances tells whole numbers of matches, each once."""

import re
from itertools import pairwise

import pytest

from maillon.ops.matching.plot import marks, svg


@pytest.mark.parametrize("highest", [0, 1, 2, 3, 4, 5, 6, 9, 10, 11, 26, 99, 100, 101, 973, 12_345, 9_999_999])
def test_the_marks_are_a_few_whole_numbers_a_round_step_apart(highest: int) -> None:
    found = marks(highest)
    assert found[0] == 0
    assert len(found) <= 6
    steps = {after - before for before, after in pairwise(found)}
    assert len(steps) == min(highest, 1)
    assert all(str(step).rstrip("0") in ("1", "2", "5") for step in steps)
    assert highest - found[-1] < max(steps, default=1)


def test_one_match_is_told_by_0_and_1_alone() -> None:
    drawn = svg({"pdq": {0: 1, 22: 1}}, most=31, width=400)
    told = re.findall(r"<text[^>]*>(\d+)</text>", drawn)
    across = [str(bits) for bits in range(0, 32, 4)]
    assert sorted(told) == sorted([*across, "0", "1"])
