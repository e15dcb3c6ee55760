"""What counts in the journal is whole and on disk; what a killed writer left does not count; any change is seen."""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.matching.errors import JournalDamaged, NoIndex
from maillon.matching.journal import ADD, FIRST, LOG, MARK_AT, WITHDRAW, Block, Journal
from maillon.matching.writing import appending
from tests.matching.killing import KILLED, passages, run

Row = tuple[int, str, str, list[tuple[bytes, int, int]]]
"""Kind, type, bank, and of each hash its bytes, entry and quality."""
ROWS: list[Row] = [
    (ADD, "md5", "one bank", [(bytes([n]) * 16, n, 100 - n) for n in range(5)]),
    (ADD, "pdq", "another", [(bytes([n]) * 32, 1 << 62, -1) for n in range(3)]),
    (WITHDRAW, "md5", "one bank", [(bytes(16), 0, -1)]),
    (ADD, "", "a bank without hashes", []),
]


def block(row: Row) -> Block:
    kind, type, bank, hashes = row
    joined = np.frombuffer(b"".join(hash for hash, *_ in hashes), np.uint8)
    return Block(
        kind,
        type,
        bank,
        joined.reshape(len(hashes), -1) if hashes else np.empty((0, 0), np.uint8),
        np.array([entry for _, entry, _ in hashes], np.uint64),
        np.array([quality for *_, quality in hashes], np.int8),
    )


def write(folder: Path, rows: Sequence[Row]) -> None:
    with appending(folder) as journal:
        journal.append([block(row) for row in rows])


def read(folder: Path) -> list[Row]:
    journal = Journal(folder / LOG)
    return [
        (
            found.kind,
            found.type,
            found.bank,
            list(
                zip(map(bytes, found.hashes), found.entries.tolist(), found.qualities.tolist(), strict=True)
                if len(found.hashes)
                else []
            ),
        )
        for found in journal.blocks(journal.beginning(), journal.mark().place)
    ]


def rows() -> st.SearchStrategy[Row]:
    hashes = st.sampled_from([16, 20, 32]).flatmap(
        lambda size: st.lists(
            st.tuples(st.binary(min_size=size, max_size=size), st.integers(0, 2**63 - 1), st.integers(-1, 100)),
            min_size=1,
            max_size=9,
        )
    )
    return st.tuples(st.sampled_from([ADD, WITHDRAW]), st.text(max_size=9), st.text(max_size=60), hashes)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.lists(rows(), max_size=4), max_size=4))
def test_what_is_written_is_read_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, written: list[list[Row]]
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    write(folder, [])
    for together in written:
        write(folder, together)
    assert read(folder) == [row for together in written for row in together]
    assert Journal(folder / LOG).mark().rows == sum(len(row[-1]) for together in written for row in together)


def test_where_nothing_was_added_there_is_no_journal(tmp_path: Path) -> None:
    with pytest.raises(NoIndex, match="Nothing was added to"):
        Journal(tmp_path / LOG)


def test_what_stands_behind_the_mark_is_nobodys_and_is_cut_off_by_the_next_writer(tmp_path: Path) -> None:
    write(tmp_path, ROWS[:2])
    whole = (tmp_path / LOG).read_bytes()
    with (tmp_path / LOG).open("ab") as file:
        file.write(os.urandom(5000))
    assert read(tmp_path) == ROWS[:2]
    write(tmp_path, ROWS[2:3])
    assert read(tmp_path) == ROWS[:3]
    assert (tmp_path / LOG).read_bytes()[FIRST : len(whole)] == whole[FIRST:]


def test_a_writer_killed_at_any_point_wrote_all_of_it_or_nothing(tmp_path: Path) -> None:
    before = ROWS[:2]
    tried = passages(lambda: write(tmp_path / "undisturbed", ROWS[2:]))
    assert {point for point, _ in tried} == {
        "journal: drafted", "journal: begun", "journal: block written", "journal: on disk", "journal: counted"
    }  # fmt: skip
    for point in (point for point in tried if point[0] != "journal: drafted"):
        folder = tmp_path / f"{point[0]} {point[1]}"
        write(folder, before)
        assert run(lambda: write(folder, ROWS[2:]), kill_at=point)[0] == KILLED  # noqa: B023, it is done by now
        counted = point[0] == "journal: counted"
        assert read(folder) == (ROWS if counted else before)
        write(folder, ROWS[2:])
        assert read(folder) == (ROWS + ROWS[2:] if counted else ROWS)


def test_the_first_writer_killed_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    assert run(lambda: write(tmp_path, ROWS), kill_at=("journal: drafted", 1))[0] == KILLED
    with pytest.raises(NoIndex):
        Journal(tmp_path / LOG)
    write(tmp_path, ROWS)
    assert read(tmp_path) == ROWS
    assert {path.name for path in tmp_path.iterdir()} == {LOG, "write.lock"}


def test_several_processes_write_one_after_the_other_while_others_read(tmp_path: Path) -> None:
    write(tmp_path, [])

    def work(bank: str) -> None:
        for n in range(40):
            write(tmp_path, [(ADD, "md5", bank, [(bytes(16), n, 1)])])

    children = []
    for bank in ("one", "two", "three"):
        child = os.fork()
        if child == 0:
            try:
                work(bank)
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    journal = Journal(tmp_path / LOG)
    while journal.mark().rows < 120:
        read(tmp_path)  # never half a block, nor half a mark
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
    for bank in ("one", "two", "three"):
        assert [row[-1][0][1] for row in read(tmp_path) if row[2] == bank] == list(range(40))


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    write(folder, ROWS[:2])
    write(folder, ROWS[2:])
    return (folder / LOG).read_bytes()


def refused_or_right(folder: Path, changed: bytes) -> bool:
    """Whether it is refused; otherwise it must say what was written."""
    (folder / LOG).write_bytes(changed)
    try:
        assert read(folder) == ROWS
    except JournalDamaged as refused:
        return f"{LOG} is damaged, or no journal of hashes; put a copy" in str(refused)
    return False


def test_a_byte_changed_anywhere_is_refused_or_makes_no_difference(tmp_path: Path, journal: bytes) -> None:
    unused = [*range(40, MARK_AT), *range(MARK_AT + 40, FIRST)]
    for at in range(len(journal)):
        changed = bytearray(journal)
        changed[at] ^= 1 << at % 8
        assert refused_or_right(tmp_path, bytes(changed)) == (at not in unused), at


def test_a_journal_cut_anywhere_is_refused(tmp_path: Path, journal: bytes) -> None:
    assert all(
        refused_or_right(tmp_path, journal[:length]) for length in {*range(0, len(journal), 3), len(journal) - 1}
    )


def test_bytes_behind_it_make_no_difference(tmp_path: Path, journal: bytes) -> None:
    assert not refused_or_right(tmp_path, journal + journal[FIRST:])


def test_the_blocks_of_another_journal_are_refused(tmp_path: Path, journal: bytes) -> None:
    write(tmp_path, ROWS)
    other = (tmp_path / LOG).read_bytes()
    assert len(other) == len(journal)
    for at in (FIRST, MARK_AT):
        assert refused_or_right(tmp_path, journal[:at] + other[at:])


def test_a_writer_refuses_what_a_reader_refuses(tmp_path: Path, journal: bytes) -> None:
    for changed in (journal[:-1], journal[:50] + b"\xff" * 50 + journal[100:], b""):
        (tmp_path / LOG).write_bytes(changed)
        with pytest.raises(JournalDamaged):
            write(tmp_path, ROWS[:1])
        assert (tmp_path / LOG).read_bytes() == changed
