"""Into which parts an index is cut, and how many processes hold each: as the memory of a cluster's nodes allows.

As few parts as fit, since a part twice as large is not searched in twice the time; and where there are fewer parts
than nodes, several hold the same part and share the questions. Beyond LARGEST a larger part saves nothing: its buckets
are long already. And a part that is lost with its node is there again the sooner, the smaller it is.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from maillon.ops.matching.cluster.errors import NoRoom

LARGEST = 1 << 24
"""Hashes of a part."""
HASH_BYTES, PROCESS_BYTES = 130, 400 << 20
"""What a part takes: by hash, and by itself with its process."""
MOST = 4096
"""Parts; it is no use to look for smaller ones."""


class Node(NamedTuple):
    """A node that works: what Ray may give away there."""

    memory: int
    """Bytes."""


class Plan(NamedTuple):
    """How one set of hashes is cut."""

    parts: list[slice]
    copies: int
    """Of each part."""


def planned(counts: Sequence[int], nodes: Sequence[Node]) -> list[Plan]:
    """A plan for each set of so many hashes. Raises NoRoom."""
    most = LARGEST
    while most * MOST >= max(counts, default=0):
        plans = [_cut(count, most, len(nodes)) for count in counts]
        for found in (plans, [plan._replace(copies=1) for plan in plans]):
            if _fits(found, nodes):
                return found
        most //= 2
    wanted, room = sum(counts) * HASH_BYTES, sum(node.memory for node in nodes)
    raise NoRoom(
        f"The index takes {_gigabytes(wanted)}, and {_gigabytes(PROCESS_BYTES)} more for each of its parts, and the "
        f"{len(nodes)} nodes give {_gigabytes(room)}; add nodes, or give more with `ray start --memory`."
    )


def part_bytes(count: int) -> int:
    """The memory of a process with a part of so many hashes."""
    return PROCESS_BYTES + HASH_BYTES * count


def _cut(count: int, most: int, nodes: int) -> Plan:
    """Parts of one size, as many as can be shared out evenly."""
    parts = -(-count // most)
    while nodes and parts % nodes and nodes % parts:
        parts += 1
    bounds = [count * n // parts for n in range(parts + 1)]
    return Plan([slice(low, high) for low, high in pairwise(bounds)], max(1, nodes // parts))


def _fits(plans: Sequence[Plan], nodes: Sequence[Node]) -> bool:
    """Whether every process finds a node, the largest first, each on the one that has most left."""
    left = [node.memory for node in nodes]
    counts = [part.stop - part.start for plan in plans for part in plan.parts * plan.copies]
    for size in sorted(map(part_bytes, counts), reverse=True):
        if not left or size > (most := max(left)):
            return False
        left[left.index(most)] -= size
    return True


def _gigabytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
