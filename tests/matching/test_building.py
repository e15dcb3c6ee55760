"""A build, whoever is killed in it, leaves what stood before or what stands after it; what is damaged is refused."""

import os
import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maillon.kernel import crash
from maillon.matching import building
from maillon.matching.building import build, needs_merge, verify
from maillon.matching.errors import Busy, IndexDamaged, JournalDamaged, NoIndex
from maillon.matching.file import FILE
from maillon.matching.index import Index
from maillon.matching.journal import ADD, FIRST, LOG, Block, Journal
from maillon.matching.layers import RECENT
from maillon.matching.writing import BUILD_LOCK, appending, locked
from tests.matching.killing import KILLED, passages, run
from tests.matching.plainly import Plainly

CHANCE = random.Random(8)
SWAP = ["swap: announced", "swap: file in place", "swap: done"]
KEPT = {LOG, FILE, "write.lock", "build.lock"}


def a_folder(folder: Path, *, some_withdrawn: bool) -> tuple[Plainly, list[tuple[str, bytes]]]:
    """A built file, and in the journal more than it: added, and withdrawn from it and from what was added."""
    plainly = Plainly(folder)
    pdq, md5 = [CHANCE.randbytes(32) for _ in range(8)], [CHANCE.randbytes(16) for _ in range(8)]
    plainly.add("pdq", "a bank", [(hash, n, 50) for n, hash in enumerate(pdq[:6])])
    plainly.add("md5", "another", [(hash, n, -1) for n, hash in enumerate(md5[:6])])
    build(folder)
    plainly.add("pdq", "a third", [(hash, n, 7) for n, hash in enumerate(pdq[6:])])
    if some_withdrawn:
        plainly.withdraw_entries("a bank", [0, 1])
        plainly.withdraw_entries("a third", [0])
        plainly.withdraw_entries("another", [5])
    return plainly, [("pdq", hash) for hash in pdq] + [("md5", hash) for hash in md5]


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


@pytest.mark.parametrize("some_withdrawn", [False, True])
def test_a_build_killed_at_any_point_changes_no_answer(tmp_path: Path, some_withdrawn: bool) -> None:
    undisturbed, _ = a_folder(tmp_path / "undisturbed", some_withdrawn=some_withdrawn)
    tried = passages(lambda: build(undisturbed.folder))
    points = [point for point, _ in tried]
    assert points[-3:] == SWAP
    assert {"build: journal drafted", "build: file drafted"} <= set(points)
    for n, point in enumerate(tried):
        plainly, queries = a_folder(tmp_path / str(n), some_withdrawn=some_withdrawn)
        before = Index.open(plainly.folder)
        assert run(lambda: build(plainly.folder), kill_at=point)[0] == KILLED  # noqa: B023, it is done by now
        after = Index.open(plainly.folder)
        for reader in (before, after):
            plainly.agrees(reader, queries)
        plainly.add("pdq", "a bank", [(queries[0][1], 100, 1)])
        plainly.withdraw_entries("another", [3])
        for reader in (before, after):
            plainly.agrees(reader, queries)
            plainly.counts(reader)
        build(plainly.folder)
        assert names(plainly.folder) == KEPT, point
        for reader in (before, after, Index.open(plainly.folder)):
            plainly.agrees(reader, queries)
            assert reader.stats()[2:5] == (len(plainly.standing), 0, 0)


def test_what_was_withdrawn_is_in_no_file_after_a_build(tmp_path: Path) -> None:
    _, queries = a_folder(tmp_path, some_withdrawn=True)
    gone = [queries[n][1] for n in (0, 1, 6)]
    held = bytes_of(tmp_path)
    assert all(hash in held for hash in gone)
    assert build(tmp_path)[:2] == (10, 8)
    held = bytes_of(tmp_path)
    assert not any(hash in held for hash in gone)
    assert queries[2][1] in held
    assert verify(tmp_path).types == {"md5": 5, "pdq": 5}


def test_a_build_with_nothing_to_forget_leaves_the_journal(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=False)
    before = (tmp_path / LOG).stat()
    reader = Index.open(tmp_path)
    assert build(tmp_path)[:2] == (14, 0)
    assert os.path.samestat((tmp_path / LOG).stat(), before)
    plainly.agrees(reader, queries)
    assert reader.stats()[2:5] == (14, 0, 0)


@pytest.mark.parametrize("some_withdrawn", [False, True])
def test_what_is_written_during_a_build_counts_in_it_and_after_it(tmp_path: Path, some_withdrawn: bool) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=some_withdrawn)
    reader = Index.open(tmp_path)

    def meanwhile(point: str) -> None:
        if point.startswith("build:"):
            crash.install(None)
            plainly.add("md5", f"a bank of {point}", [(CHANCE.randbytes(16), 1, 1), (queries[-1][1], 2, 2)])
            plainly.withdraw_entries("a bank", [3 if point.endswith("file drafted") else 4])
            plainly.agrees(reader, queries)
            crash.install(meanwhile)

    crash.install(meanwhile)
    try:
        build(tmp_path)
    finally:
        crash.install(None)
    for index in (reader, Index.open(tmp_path)):
        plainly.agrees(index, queries)
        plainly.counts(index)
        assert index.stats().tail == 4
    verify(tmp_path)
    build(tmp_path)
    plainly.agrees(reader, queries)
    assert reader.stats().tail == 0


def test_only_one_build_runs_at_a_time(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    with locked(tmp_path, BUILD_LOCK), pytest.raises(Busy, match=r"Another build of .* is running; wait for it to end"):
        build(tmp_path)
    build(tmp_path)
    plainly.agrees(Index.open(tmp_path), queries)


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    told: list[str] = []

    def interrupt(at: str) -> Callable[[str, int, int], None]:
        def progress(what: str, done: int, of: int) -> None:
            told.append(what)
            assert 0 <= done <= of
            if what == at:
                raise KeyboardInterrupt

        return progress

    build(tmp_path, progress=interrupt("never"))
    for at in dict.fromkeys(told):
        before = bytes_of(tmp_path)
        with pytest.raises(KeyboardInterrupt):
            build(tmp_path, progress=interrupt(at))
        assert names(tmp_path) == KEPT
        assert bytes_of(tmp_path) == before
    assert {"reading", "sorting", "writing"} <= set(told)
    plainly.agrees(Index.open(tmp_path), queries)


def test_nothing_can_be_built_from_nothing(tmp_path: Path) -> None:
    for work in (build, verify, needs_merge):
        with pytest.raises(NoIndex):
            work(tmp_path)
    assert names(tmp_path) == set()


def test_all_may_be_withdrawn(tmp_path: Path) -> None:
    plainly = Plainly(tmp_path)
    plainly.add("pdq", "a bank", [(bytes(32), 1, 1)])
    plainly.withdraw_entries("a bank", [1])
    reader = Index.open(tmp_path)
    assert build(tmp_path)[:2] == (0, 2)
    plainly.agrees(reader, [("pdq", bytes(32))])
    plainly.add("pdq", "a bank", [(bytes(32), 1, 1)])
    plainly.agrees(reader, [("pdq", bytes(32))])
    assert list(reader.banks) == ["a bank"]


def test_many_hashes_are_built_as_few_are(tmp_path: Path) -> None:
    """So many that the index in memory and the built one both have bands, and blocks are several."""
    plainly = Plainly(tmp_path)
    many = [CHANCE.randbytes(32) for _ in range(RECENT * 2)]
    for bank in ("a bank", "another"):
        plainly.add("pdq", bank, [(hash, n, 1) for n, hash in enumerate(many)])
    queries = [("pdq", hash) for hash in many[:4]]
    reader = Index.open(tmp_path)
    plainly.agrees(reader, queries)
    build(tmp_path)
    plainly.withdraw_entries("another", list(range(0, RECENT * 2, 2)), reader)
    plainly.agrees(reader, queries)
    plainly.counts(reader)
    build(tmp_path, threads=2)
    plainly.agrees(reader, queries)
    assert verify(tmp_path, threads=2) == reader.stats()


def test_what_this_program_does_not_know_is_kept_for_one_that_does(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    with appending(tmp_path) as journal:
        one = np.array([1], np.uint64), np.array([5], np.int8)
        journal.append([Block(ADD, "another program's", "its bank", np.full((1, 7), 9, np.uint8), *one)])
    plainly.note("md5", "its bank", [])
    reader = Index.open(tmp_path)
    for _ in range(2):
        build(tmp_path)
        plainly.agrees(reader, queries)
        journal = Journal(tmp_path / LOG)
        kept = [
            (block.bank, block.hashes.tobytes(), block.entries.tolist(), block.qualities.tolist())
            for block in journal.blocks(journal.beginning(), journal.mark().place)
            if block.type == "another program's"
        ]
        assert kept == [("its bank", b"\x09" * 7, [1], [5])]
        plainly.withdraw_entries("a bank", [2])


def test_a_build_is_due_when_much_came_since_or_the_file_cannot_be_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "MERGE_AT", 4)
    plainly, _ = a_folder(tmp_path, some_withdrawn=False)
    assert not needs_merge(tmp_path)
    plainly.withdraw_entries("a bank", [0, 1])
    assert needs_merge(tmp_path)
    build(tmp_path)
    assert not needs_merge(tmp_path)
    (tmp_path / "cut").write_bytes((tmp_path / FILE).read_bytes()[:-1])
    (tmp_path / "cut").rename(tmp_path / FILE)
    assert needs_merge(tmp_path)
    (tmp_path / FILE).unlink()
    assert needs_merge(tmp_path)


def test_without_its_file_the_journal_answers(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    (tmp_path / FILE).unlink()
    plainly.agrees(Index.open(tmp_path), queries)


def test_the_file_of_another_folder_is_refused_until_a_build(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path / "one", some_withdrawn=True)
    a_folder(tmp_path / "other", some_withdrawn=True)
    (tmp_path / "other" / FILE).rename(tmp_path / "one" / FILE)
    for work in (Index.open, verify):
        with pytest.raises(IndexDamaged, match="belongs to another journal; `maillon index build` makes it anew"):
            work(plainly.folder)
    assert needs_merge(plainly.folder)
    build(plainly.folder)
    plainly.agrees(Index.open(plainly.folder), queries)


def test_a_reader_that_finds_a_damaged_file_at_a_swap_says_so_until_it_is_whole(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    reader = Index.open(tmp_path)
    build(tmp_path)
    whole = (tmp_path / FILE).read_bytes()
    (tmp_path / "damaged").write_bytes(whole[:-9] + b"x" + whole[-8:])
    (tmp_path / "damaged").rename(tmp_path / FILE)
    for _ in range(3):
        with pytest.raises(IndexDamaged):
            reader.match("pdq", queries[0][1].hex())
    build(tmp_path)
    plainly.agrees(reader, queries)


def test_what_a_damaged_journal_says_is_not_built_from(tmp_path: Path) -> None:
    plainly, queries = a_folder(tmp_path, some_withdrawn=True)
    held = bytearray((tmp_path / LOG).read_bytes())
    held[FIRST + 100] ^= 1
    (tmp_path / LOG).write_bytes(held)
    for work in (build, verify):
        with pytest.raises(JournalDamaged, match=r"hashes\.log is damaged"):
            work(tmp_path)
    assert names(tmp_path) == KEPT
    plainly.agrees(Index.open(tmp_path), queries)  # what was built from it is whole


def test_a_file_that_holds_something_else_than_its_journal_is_found_by_verifying(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plainly, _ = a_folder(tmp_path, some_withdrawn=True)
    with monkeypatch.context() as patch:
        patch.setattr(building, "words_of", lambda hashes: np.zeros((len(hashes) // 32, 4), np.uint64))
        build(tmp_path)
    with pytest.raises(IndexDamaged, match="holds something else than its journal; `maillon index build`"):
        verify(tmp_path)
    plainly.add("md5", "a bank", [])
    build(tmp_path)
    plainly.counts(Index.open(tmp_path))
    assert verify(tmp_path) == Index.open(tmp_path).stats()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Plainly, list[tuple[str, bytes]], bytes, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    plainly, queries = a_folder(folder, some_withdrawn=True)
    return plainly, queries, (folder / LOG).read_bytes(), (folder / FILE).read_bytes()


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([LOG, FILE]),
    st.sampled_from(["flip", "cut", "put in", "lengthen"]),
    st.floats(0, 1, exclude_max=True),
    st.binary(min_size=1, max_size=40),
)
def test_whatever_happens_to_a_file_it_is_refused_or_the_answer_is_right(
    tmp_path_factory: pytest.TempPathFactory,
    whole: tuple[Plainly, list[tuple[str, bytes]], bytes, bytes],
    name: str,
    how: str,
    where: float,
    noise: bytes,
) -> None:
    plainly, queries, log, file = whole
    folder = tmp_path_factory.mktemp("damaged")
    (folder / LOG).write_bytes(log)
    (folder / FILE).write_bytes(file)
    given = log if name == LOG else file
    at = int(where * len(given))
    changed = {
        "flip": given[:at] + bytes([given[at] ^ (noise[0] or 1)]) + given[at + 1 :],
        "cut": given[:at],
        "put in": given[:at] + noise + given[at:],
        "lengthen": given + noise,
    }[how]
    (folder / name).write_bytes(changed)
    with suppress(IndexDamaged):
        plainly.agrees(Index.open(folder), queries)
