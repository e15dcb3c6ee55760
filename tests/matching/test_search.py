"""Every way to search finds what the plain reference finds, for any radius and any hashes: no more, no less, once."""

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.matching import bulk, reference, ring, scan
from maillon.matching.bulk import DENSE, STEP, WAITING
from maillon.matching.hits import LARGEST_RADIUS, Hits
from maillon.matching.near import BUILT, Near
from maillon.matching.reference import Hit
from maillon.matching.ring import VALUES
from maillon.matching.words import hashes_of, words_of

CHANCE = random.Random(6)
RADII = (0, 15, 16, 31, 32, 47, 48, 63, 64)


def drawn(count: int) -> list[bytes]:
    return [CHANCE.randbytes(32) for _ in range(count)]


def changed(hash: bytes, bits: int) -> bytes:
    """The hash with so many of its bits changed."""
    number = int.from_bytes(hash, "big")
    for bit in CHANCE.sample(range(256), bits):
        number ^= 1 << bit
    return number.to_bytes(32, "big")


def as_reference(hits: Hits) -> list[Hit]:
    return [Hit(*one) for one in zip(*(column.tolist() for column in hits), strict=True)]


def every_way(entries: Sequence[bytes], queries: Sequence[bytes], radius: int, threads: int = 1) -> Hits:
    """What all ways find, which must be the same; the bands are not asked where they do not serve."""
    words, asked = words_of(entries), words_of(queries)
    near = Near.build(words, threads=threads)
    found = {"chosen": near.search(asked, radius, threads=threads)}
    found["read again"] = Near.of(near.arrays()).search(asked, radius, threads=threads)
    if ring.serves(radius):
        built = ring.build(words, threads=threads)
        found["one by one"] = ring.search(built, asked, radius, threads=threads)
        found["by bucket"] = bulk.search(built, asked, radius, threads=threads)
    expected = scan.search(words, asked, radius, threads=threads)
    agree = {way: all(map(np.array_equal, hits, expected)) for way, hits in found.items()}
    assert agree == dict.fromkeys(found, True)
    return expected


RANDOM = drawn(900)
AROUND = drawn(1)[0]
SETS = {
    "random": RANDOM,
    "all alike": [AROUND] * 700,
    "one cluster": [changed(AROUND, n % 70) for n in range(700)],
    "several clusters": [changed(hash, CHANCE.randrange(40)) for hash in RANDOM[:9] for _ in range(250)],
    "bands alike": [bytes(n % 2 * byte for n, byte in enumerate(hash)) for hash in RANDOM],
    "constant": [bytes(32)] * 40 + [b"\xff" * 32] * 40 + [b"\x0f" * 32] * 40,
    "few bits": [changed(bytes(32), n % 20) for n in range(600)],
    "one": RANDOM[:1],
    "none": [],
}


@pytest.mark.parametrize("radius", RADII)
@pytest.mark.parametrize("name", SETS)
def test_what_is_found_is_what_the_reference_finds(name: str, radius: int) -> None:
    entries = SETS[name]
    queries = [*RANDOM[:5], AROUND, bytes(32), *(changed(hash, CHANCE.randrange(70)) for hash in entries[:15])]
    expected = reference.search(entries, queries, radius)
    assert as_reference(every_way(entries, queries, radius)) == expected


@pytest.mark.parametrize("bits", range(LARGEST_RADIUS + 1))
def test_what_differs_in_so_many_bits_is_found_within_that_radius_and_not_within_less(bits: int) -> None:
    queries = [changed(hash, bits) for hash in RANDOM[:60]]
    expected = [Hit(n, n, bits) for n in range(60)]
    assert [hit for hit in as_reference(every_way(RANDOM, queries, bits)) if hit.query == hit.entry] == expected
    within_less = as_reference(every_way(RANDOM, queries, bits - 1)) if bits else []
    assert [hit for hit in within_less if hit.query == hit.entry] == []


@pytest.mark.parametrize("radius", [0, 31, 40])
@pytest.mark.parametrize("name", ["random", "all alike", "one cluster", "several clusters", "constant", "bands alike"])
def test_queries_that_many_entries_are_near_are_answered_by_all_ways_alike(name: str, radius: int) -> None:
    entries = (SETS[name] * (1 + 3 * BUILT // len(SETS[name])))[: 3 * BUILT]
    queries = [AROUND, bytes(32), entries[0], *(changed(hash, CHANCE.randrange(40)) for hash in entries[:60])]
    for threads in (1, 2):
        assert len(every_way(entries, queries, radius, threads=threads).queries) > 0


@pytest.mark.parametrize("name", ["random", "several clusters", "bands alike"])
def test_so_many_queries_that_each_bucket_is_asked_for_by_several_are_answered_by_all_ways_alike(name: str) -> None:
    entries = SETS[name] * 3
    queries = [changed(hash, CHANCE.randrange(60)) for hash in entries[:50]] + drawn(DENSE * VALUES // 17 + 1)
    assert len(every_way(entries, queries, 31, threads=2).queries) > 0


def test_a_bucket_longer_than_what_is_looked_at_together_is_read_whole() -> None:
    words = words_of(drawn(100_000))
    words[::5, 0] &= np.uint64(0xFFFFFFFF00000000)
    queries = words[:50:5] ^ np.uint64(1 << 63)
    assert len(words[::5]) > STEP * WAITING
    expected = scan.search(words, queries, 31)
    assert len(expected.queries) == len(queries)
    assert all(map(np.array_equal, bulk.search(ring.build(words), queries, 31), expected))


@pytest.mark.parametrize("name", SETS)
def test_a_query_is_answered_alike_whatever_was_asked_before(name: str) -> None:
    entries = (SETS[name] * (3 * BUILT))[: 3 * BUILT]
    words = words_of(entries)
    near = Near.build(words)
    crowded = [AROUND, bytes(32), *(changed(hash, CHANCE.randrange(9)) for hash in entries[:3])]
    for query in [*crowded * 9, *RANDOM[:5], *crowded, *RANDOM[:40], *crowded]:
        asked = words_of([query])
        assert all(map(np.array_equal, near.search(asked, 31), scan.search(words, asked, 31)))


def test_threads_change_nothing() -> None:
    entries, queries = SETS["one cluster"], [changed(AROUND, n % 70) for n in range(101)]
    assert as_reference(every_way(entries, queries, 31, threads=2)) == as_reference(every_way(entries, queries, 31))


def test_more_hits_than_there_was_room_for_are_all_told() -> None:
    entries = SETS["all alike"]
    assert len(every_way(entries, [AROUND] * 9, 31).queries) == 9 * len(entries)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.binary(min_size=32, max_size=32), max_size=30), st.integers(0, 64), st.randoms())
def test_whatever_the_hashes(entries: list[bytes], radius: int, chance: random.Random) -> None:
    queries = [changed(hash, chance.randrange(70)) for hash in entries] + entries[:3]
    expected = reference.search(entries, queries, radius)
    assert as_reference(every_way(entries, queries, radius)) == expected


@pytest.mark.parametrize("radius", [-1, LARGEST_RADIUS + 1])
def test_another_radius_is_refused(radius: int) -> None:
    words = words_of(RANDOM[:3])
    with pytest.raises(ValueError, match="from 0 to 64"):
        Near.build(words).search(words, radius)
    with pytest.raises(ValueError, match="from 0 to 64"):
        scan.search(words, words, radius)


def test_words_hold_every_bit_in_an_order_that_never_changes() -> None:
    assert hashes_of(words_of(RANDOM)) == b"".join(RANDOM)
    assert words_of(b"".join(RANDOM)).tolist() == words_of(RANDOM).tolist()
    one_bit = [(1 << bit).to_bytes(32, "little") for bit in range(256)]
    assert {sum(int(word) << 64 * n for n, word in enumerate(row)) for row in words_of(one_bit)} == {
        1 << bit for bit in range(256)
    }
    assert words_of([bytes(range(32))]).tolist() == [
        [0x26BC12399C020518, 0x682116C3144CB421, 0x40B0009A8C428042, 0xD808850600E30016]
    ]


def test_a_hash_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        words_of([b"short"])
    with pytest.raises(ValueError, match="multiple of 32"):
        words_of(b"x" * 33)
