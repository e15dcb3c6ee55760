"""The data that searchers are measured with are what the results say of them."""

from pathlib import Path

import numpy as np
import pytest

from bench.search.data import flipped, kept, strangers
from bench.search.sets import SETS

HASHES = 3_000


def apart(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.bitwise_count(a ^ b).sum(axis=1)


def test_a_planted_query_is_as_far_from_its_hash_as_is_said(tmp_path: Path) -> None:
    data = kept(tmp_path / "a", HASHES, 1_000)
    planted = np.load(data.folder / "planted.npy")
    queries, entries, distances = planted.T
    assert set(distances) == set(range(41))
    assert (apart(data.queries()[queries], data.hashes()[entries]) == distances).all()


def test_the_same_seed_gives_the_same_data(tmp_path: Path) -> None:
    assert kept(tmp_path / "a", HASHES, 1_000).digest == kept(tmp_path / "b", HASHES, 1_000).digest
    assert kept(tmp_path / "c", HASHES + 1, 1_000).digest != kept(tmp_path / "d", HASHES, 1_000).digest


def test_so_many_bits_are_flipped() -> None:
    rng = np.random.default_rng(1)
    hashes = strangers(rng, 100)
    assert (apart(flipped(rng, hashes, np.arange(100)), hashes) == np.arange(100)).all()


@pytest.mark.parametrize("name", [name for name in SETS if name != "pictures"])
def test_a_set_has_as_many_hashes_as_were_asked_for(name: str) -> None:
    hashes = SETS[name](np.random.default_rng(1), HASHES)
    assert (hashes.shape, hashes.dtype) == ((HASHES, 32), np.uint8)


def test_any_two_of_a_cluster_match() -> None:
    hashes = SETS["clusters"](np.random.default_rng(1), 1_000)
    assert all((apart(hashes[:500], one) <= 30).all() for one in hashes[:500])
    assert (apart(hashes[:500], hashes[500]) > 31).any()
