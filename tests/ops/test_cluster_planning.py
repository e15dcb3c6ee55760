"""How an index is cut for a cluster: into as few parts as its memory holds, evenly, and every hash once."""

import pytest

from maillon.ops.matching.cluster.errors import ClusterRefused, NoRoom
from maillon.ops.matching.cluster.part import Part
from maillon.ops.matching.cluster.planning import LARGEST, Node, Plan, part_bytes, planned

LARGE = Node(64 << 30)


def sizes(plan: Plan) -> list[int]:
    return [part.stop - part.start for part in plan.parts]


@pytest.mark.parametrize(
    ("count", "nodes", "parts", "copies"),
    [
        (LARGEST, 1, 1, 1), (LARGEST, 4, 1, 4), (LARGEST + 1, 4, 2, 2), (2 * LARGEST + 1, 4, 4, 1),
        (LARGEST + 1, 3, 3, 1), (5 * LARGEST, 2, 6, 1), (5 * LARGEST, 3, 6, 1), (70_000, 5, 1, 5),
    ],
)  # fmt: skip
def test_every_node_has_as_many_parts_as_the_others(count: int, nodes: int, parts: int, copies: int) -> None:
    (plan,) = planned([count], [LARGE] * nodes)
    assert (len(plan.parts), plan.copies) == (parts, copies)
    assert [n for part in plan.parts for n in (part.start, part.stop)][1:-1:2] == [p.start for p in plan.parts[1:]]
    assert (plan.parts[0].start, plan.parts[-1].stop) == (0, count)
    assert max(sizes(plan)) - min(sizes(plan)) <= 1
    assert max(sizes(plan)) <= LARGEST


def test_parts_are_as_small_as_the_memory_of_the_nodes_demands() -> None:
    count = 10_000_000
    (plan,) = planned([count], [Node(part_bytes(count) - 1)] * 2)
    assert (len(plan.parts), plan.copies) == (2, 1)
    (plan,) = planned([count], [Node(part_bytes(count)), Node(part_bytes(count // 4))])
    assert (len(plan.parts), plan.copies) == (1, 1)
    one, other = planned([count, count], [Node(2 * part_bytes(count))] * 3)
    assert (one, other) == (Plan([slice(0, count)], 3), Plan([slice(0, count)], 3))


def test_where_there_is_no_room_the_copies_go_before_the_run_does() -> None:
    count = 1_000_000
    one, other = planned([count, count], [Node(part_bytes(count)), Node(part_bytes(count))])
    assert one.copies == other.copies == 1
    with pytest.raises(NoRoom, match=r"The index takes 0\.1 GB, .* the 1 nodes give 0\.4 GB; add nodes"):
        planned([count], [Node(part_bytes(count // 4096) - 1)])
    with pytest.raises(NoRoom):
        planned([count], [])


def test_what_needs_no_part_needs_no_node() -> None:
    assert planned([], []) == []


def test_a_node_with_another_program_is_refused() -> None:
    with pytest.raises(ClusterRefused, match="another Maillon than this machine; install the same one on every node"):
        Part().begin("another", 1)
