"""What was added to known content is merged into the built file in the background, once it is much."""

import os
from pathlib import Path

import pytest

from maillon.kernel.clock import FixedClock
from maillon.matching.building import MERGE_AT, needs_merge
from maillon.matching.changing import add
from maillon.matching.index import Index
from maillon.ops.merging import EVERY, Merging
from tests.factories.world import NOW


def filled(folder: Path, count: int) -> None:
    add(folder, type="md5", bank="one", hashes=os.urandom(16 * count), entries=range(count))


def test_nothing_is_built_where_nothing_was_ever_added(tmp_path: Path) -> None:
    assert Merging(tmp_path / "none").merge_due(FixedClock(NOW)) == 0
    assert not (tmp_path / "none").exists()


def test_much_that_was_added_is_built_in_the_background_and_a_little_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAILLON_HOME", str(tmp_path))
    monkeypatch.setenv("MAILLON_MATCHING", str(tmp_path / "matching"))
    folder, clock = tmp_path / "matching", FixedClock(NOW)
    merging = Merging(folder)
    filled(folder, MERGE_AT - 1)
    assert merging.merge_due(clock) == 0
    filled(folder, 2)
    assert merging.merge_due(clock) == 0, "it looks once a minute"
    clock.at += EVERY
    assert merging.merge_due(clock) == 1
    assert merging.wait() == 0
    assert not needs_merge(folder)
    assert Index.open(folder).stats().base == MERGE_AT + 1


def test_a_build_that_is_cut_off_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLON_HOME", str(tmp_path))
    monkeypatch.setenv("MAILLON_MATCHING", str(tmp_path / "matching"))
    filled(tmp_path / "matching", MERGE_AT)
    merging = Merging(tmp_path / "matching")
    assert merging.merge_due(FixedClock(NOW)) == 1
    merging.close()
    assert merging.wait() not in (None, 0)
    assert Index.open(tmp_path / "matching").stats().types == {"md5": MERGE_AT}
