"""Identifiers are UUIDs of version 7: their moment comes first, the rest is chance."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillon.kernel.ids import uuid7, uuid7s

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(at=MOMENTS, seed=st.binary(min_size=10, max_size=10))
def test_version_variant_and_moment_stand_where_rfc_9562_puts_them(at: datetime, seed: bytes) -> None:
    made = uuid7(at, lambda size: seed)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(at.timestamp() * 1000)


@given(at=MOMENTS, later=st.timedeltas(timedelta(milliseconds=1), timedelta(days=9999)))
def test_what_is_made_later_sorts_later_whatever_the_chance(at: datetime, later: timedelta) -> None:
    assert uuid7(at, lambda size: b"\xff" * size) < uuid7(
        at + later + timedelta(milliseconds=1), lambda size: bytes(size)
    )


@given(first=st.binary(min_size=10, max_size=10), second=st.binary(min_size=10, max_size=10))
def test_74_bits_of_chance_are_kept(first: bytes, second: bytes) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    low = (1 << 62) - 1

    def kept(seed: bytes) -> tuple[int, int]:
        bits = int.from_bytes(seed, "big")
        return bits >> 68, bits & low

    same = uuid7(at, lambda size: first) == uuid7(at, lambda size: second)
    assert same is (kept(first) == kept(second))


@pytest.mark.parametrize("count", [0, 1, 2, 1000])
def test_many_of_one_moment_are_distinct_and_cost_one_read(count: int) -> None:
    read: list[int] = []

    def entropy(size: int) -> bytes:
        read.append(size)
        return hashlib.shake_256(b"seed").digest(size)

    made = uuid7s(datetime(2026, 1, 1, tzinfo=UTC), count, entropy)
    assert len(set(made)) == count
    assert read == [10 * count]
