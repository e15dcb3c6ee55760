"""Identifiers: UUID version 7 (RFC 9562 §5.7), so that rows written together lie together."""

import os
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

Entropy = Callable[[int], bytes]


def uuid7(at: datetime, entropy: Entropy = os.urandom) -> UUID:
    """A UUIDv7 of the moment `at` (millisecond resolution) with 74 random bits from `entropy`."""
    return uuid7s(at, 1, entropy)[0]


def uuid7s(at: datetime, count: int, entropy: Entropy = os.urandom) -> list[UUID]:
    """`count` UUIDv7s of one moment; one read of the entropy source for all of them."""
    head = (int(at.timestamp() * 1000) & 0xFFFF_FFFF_FFFF) << 80 | 0x7 << 76 | 0b10 << 62
    pool = entropy(10 * count)
    found = []
    for n in range(count):
        bits = int.from_bytes(pool[10 * n : 10 * n + 10], "big")
        found.append(UUID(int=head | (bits >> 68) << 64 | bits & 0x3FFF_FFFF_FFFF_FFFF))
    return found
