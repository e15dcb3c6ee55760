"""The index answers as a plain dictionary and the plain reference would, for every process, from the next query on."""

import os
import random
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from maillon.kernel import crash
from maillon.kernel.errors import BadInput
from maillon.matching.building import build, needs_merge, verify
from maillon.matching.changing import add, withdraw
from maillon.matching.errors import BadHash, IndexDamaged, NoIndex
from maillon.matching.hashes import type_named, types
from maillon.matching.index import Index
from maillon.matching.journal import LOG
from maillon.matching.layers import RECENT
from tests.matching.killing import run
from tests.matching.plainly import Plainly, changed

CHANCE = random.Random(7)
BANKS = ("a bank", "another bank", "zürich")


def drawn(type: str, count: int) -> list[bytes]:
    return [CHANCE.randbytes(type_named(type).size) for _ in range(count)]


def numbered(hashes: list[bytes], first: int = 0, quality: int = 50) -> list[tuple[bytes, int, int]]:
    return [(hash, first + n, quality) for n, hash in enumerate(hashes)]


@pytest.fixture
def plainly(tmp_path: Path) -> Plainly:
    return Plainly(tmp_path / "matching")


def test_a_folder_to_which_nothing_was_added_is_no_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "none"):
        with pytest.raises(NoIndex, match="`maillon index add` does it"):
            Index.open(folder)
        with pytest.raises(NoIndex):
            withdraw(folder, bank="a bank", entries=[1])
        assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("built", [0, 1, 2, 3])
def test_every_type_answers_from_the_file_and_from_what_came_since(plainly: Plainly, built: int) -> None:
    """Three times as much is added; the file is built before, in between or after."""
    queries: list[tuple[str, bytes]] = []
    readers: list[Index] = []
    for step in range(3):
        for n, type in enumerate(types()):
            hashes = drawn(type, RECENT if step == 1 and type in ("pdq", "sha1") else 60)
            plainly.add(type, BANKS[(step + n) % 3], numbered(hashes, 1000 * step, CHANCE.randrange(-1, 101)))
            plainly.add(type, BANKS[n % 3], numbered([hashes[0], hashes[0]], 5000))
            near = [changed(hash, CHANCE.randrange(45) if type.endswith("pdq") else 0, CHANCE) for hash in hashes[:9]]
            queries += [(type, hash) for hash in near + drawn(type, 2)]
        if step == built:
            assert build(plainly.folder).hashes == len(plainly.standing)
        readers.append(Index.open(plainly.folder))
    CHANCE.shuffle(queries)
    for reader in readers:
        plainly.counts(reader)
        assert list(reader.banks) == list(BANKS)
    plainly.agrees(readers[0], queries)
    for radius in (0, 64):
        plainly.agrees(readers[1], queries[:20], radius)


def test_what_is_within_the_radius_is_found_and_what_is_beyond_is_not(plainly: Plainly) -> None:
    [hash] = drawn("pdq", 1)
    plainly.add("pdq", "a bank", [(hash, 1, 100)])
    index = Index.open(plainly.folder)
    for bits in (0, 1, 31, 32, 40, 41):
        query = changed(hash, bits, CHANCE).hex()
        assert [match.distance for match in index.match("pdq", query)] == [bits] * (bits <= 31)
        assert [match.distance for match in index.match("pdq", query, radius=40)] == [bits] * (bits <= 40)
    with pytest.raises(ValueError, match="from 0 to 64"):
        index.match("pdq", hash.hex(), radius=65)


def test_the_same_hash_added_twice_answers_once_with_the_quality_given_last(plainly: Plainly) -> None:
    [hash] = drawn("pdq", 1)
    index = None
    for quality in (10, 20, -1, 30):
        plainly.add("pdq", "a bank", [(hash, 1, 99), (hash, 1, quality)])
        index = index or Index.open(plainly.folder)
        plainly.agrees(index, [("pdq", hash)])
        if quality == 20:
            assert build(plainly.folder)[:2] == (1, 3)


def test_what_is_withdrawn_matches_no_more_and_counts_when_it_is_added_again(plainly: Plainly) -> None:
    pdq, md5 = drawn("pdq", 40), drawn("md5", 40)
    for type, hashes in (("pdq", pdq), ("md5", md5)):
        for n, bank in enumerate(BANKS):
            plainly.add(type, bank, numbered(hashes, 100 * n) + numbered(hashes, 100 * n + 10))
    queries = [("pdq", hash) for hash in pdq] + [("md5", hash) for hash in md5]
    reader = Index.open(plainly.folder)
    for n in range(3):
        plainly.withdraw_entries(BANKS[n], [100 * n + entry for entry in (5, 6, 6, 12, 999)], reader)
        plainly.withdraw_hashes("md5", BANKS[n], [md5[20], md5[20], md5[21], bytes(16)])
        plainly.withdraw_pairs("pdq", BANKS[n], [(pdq[30], 100 * n + 30), (pdq[30], 100 * n + 30), (pdq[31], 7)])
        plainly.agrees(reader, queries)
        plainly.add("pdq", BANKS[n], [(pdq[5], 100 * n + 5, 1)])
        plainly.agrees(reader, queries)
        plainly.withdraw_entries(BANKS[n], [100 * n + 5], reader)
        plainly.agrees(reader, queries)
        plainly.counts(reader)
        build(plainly.folder)
        plainly.agrees(reader, queries)
        plainly.agrees(Index.open(plainly.folder), queries)


def test_withdrawing_names_what_is_withdrawn(plainly: Plainly) -> None:
    plainly.add("md5", "a bank", numbered(drawn("md5", 3)))
    assert withdraw(plainly.folder, bank="no bank", entries=[1]) == 0
    assert withdraw(plainly.folder, bank="a bank", type="pdq", entries=[1]) == 0
    with pytest.raises(BadInput, match="Say which entries or which hashes"):
        withdraw(plainly.folder, bank="a bank")
    with pytest.raises(BadInput, match="Say of which type"):
        withdraw(plainly.folder, bank="a bank", hashes=bytes(16))
    with pytest.raises(BadInput, match="2 hashes and 1 entries"):
        withdraw(plainly.folder, bank="a bank", type="md5", hashes=bytes(32), entries=[1])
    with pytest.raises(BadHash, match="multiple of 16 bytes, not 5"):
        withdraw(plainly.folder, bank="a bank", type="md5", hashes=b"short")
    plainly.counts(Index.open(plainly.folder))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"entries": [1]}, "2 hashes, 1 entries"),
        ({"qualities": [1]}, "2 entries and 1 qualities"),
        ({"entries": [1, -1]}, "entry is a whole number from 0 to 9223372036854775807"),
        ({"entries": [1, 1 << 63]}, "entry is a whole number"),
        ({"entries": [1, 0.5]}, "entry is a whole number"),
        ({"qualities": [0, 101]}, "quality is a whole number from -1 to 100"),
        ({"bank": ""}, "A bank needs a name of up to 200 bytes"),
        ({"bank": "é" * 101}, "A bank needs a name"),
        ({"hashes": bytes(17)}, "multiple of 16 bytes, not 17"),
        ({"type": "phash"}, "'phash' is no type of hash"),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(tmp_path: Path, given: dict, why: str) -> None:
    whole = {"type": "md5", "bank": "a bank", "hashes": bytes(32), "entries": [1, 2], "qualities": [-1, 100]}
    with pytest.raises(BadInput, match=why):
        add(tmp_path / "matching", **{**whole, **given})
    assert not (tmp_path / "matching").exists()


def test_questions_that_cannot_be_answered_are_refused(plainly: Plainly) -> None:
    plainly.add("md5", "a bank", numbered(drawn("md5", 3)))
    index = Index.open(plainly.folder)
    with pytest.raises(BadHash, match="'x' is no pdq hash"):
        index.match_many([("md5", "00" * 16), ("pdq", "x")])
    with pytest.raises(BadHash, match="'phash' is no type"):
        index.match("phash", "00")
    with pytest.raises(BadHash, match="multiple of 32 bytes, not 31"):
        index.search("pdq", bytes(31))
    assert index.match_many([]) == []
    assert index.match("pdq", "00" * 32) == []
    assert [len(column) for column in index.search("sha1", b"")] == [0] * 5


def test_another_process_sees_each_change_with_its_next_query(plainly: Plainly) -> None:
    hashes = drawn("pdq", 30)
    plainly.add("pdq", "a bank", [(hashes[0], 0, 1)])
    asking, answers = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(asking[1])
        index = Index.open(plainly.folder)
        while asked := os.read(asking[0], 64):
            os.write(answers[1], b"%d" % len(index.match("pdq", asked.decode())))
        os._exit(0)
    os.close(asking[0])

    def found(hash: bytes) -> bytes:
        os.write(asking[1], hash.hex().encode())
        return os.read(answers[0], 9)

    for n, hash in enumerate(hashes[1:], start=1):
        assert found(hash) == b"0"
        plainly.add("pdq", "a bank", [(hash, n, 1)])
        assert found(hash) == b"1"
        if n % 10 == 0:
            build(plainly.folder)
            assert found(hash) == b"1"
        plainly.withdraw_entries("a bank", [n])
        assert found(hash) == b"0"
    os.close(asking[1])
    assert os.waitpid(child, 0)[1] == 0
    for file in (answers[0], answers[1]):
        os.close(file)


def test_threads_that_ask_while_others_change_see_what_stands(plainly: Plainly) -> None:
    kept, coming = drawn("pdq", 300), drawn("pdq", 60)
    plainly.add("pdq", "a bank", numbered(kept))
    index, done = Index.open(plainly.folder), Event()

    def ask(_: int) -> int:
        asked = 0
        while not done.is_set() or asked < 50:
            hash = kept[asked % len(kept)]
            assert [(match.bank, match.entry) for match in index.match("pdq", hash.hex())] == [
                ("a bank", asked % len(kept))
            ]
            asked += 1
        return asked

    with ThreadPoolExecutor(3) as pool:
        asking = [pool.submit(ask, n) for n in range(3)]
        try:
            for n, hash in enumerate(coming):
                plainly.add("pdq", f"bank {n}", [(hash, n, 1)])
                plainly.agrees(index, [("pdq", hash)])
                if n % 3 == 0:
                    plainly.withdraw_entries(f"bank {n}", [n], index)
                    plainly.agrees(index, [("pdq", hash)])
                if n % 20 == 10:
                    build(plainly.folder)
        finally:
            done.set()
        assert all(future.result() >= 50 for future in asking)


def test_a_reader_that_was_broken_off_in_the_middle_answers_right_the_next_time(plainly: Plainly) -> None:
    pdq, md5 = drawn("pdq", 9), drawn("md5", 9)
    plainly.add("pdq", "a bank", numbered(pdq[:5]))
    index = Index.open(plainly.folder)
    plainly.add("pdq", "a bank", numbered(pdq, 3))
    plainly.add("md5", "a bank", numbered(md5))

    def interrupt(point: str) -> None:
        raise KeyboardInterrupt(point)

    crash.install(interrupt)
    try:
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt, match="reading: applied"):
                index.match("pdq", pdq[0].hex())
    finally:
        crash.install(None)
    plainly.agrees(index, [("pdq", hash) for hash in pdq] + [("md5", hash) for hash in md5])


@pytest.mark.parametrize("type", ["pdq", "sha256"])
def test_a_hash_that_many_entries_have_is_added_and_withdrawn_like_any_other(plainly: Plainly, type: str) -> None:
    hash, many = bytes(32), RECENT + 10
    plainly.add(type, "a bank", [(hash, n, 5) for n in range(many)])
    build(plainly.folder)
    reader = Index.open(plainly.folder)
    plainly.add(type, "a bank", [(hash, n, 7) for n in range(0, many, 2)])
    plainly.withdraw_pairs(type, "a bank", [(hash, n) for n in range(0, many, 3)], reader)
    assert reader.match(type, hash.hex()) == plainly.answer(type, hash)
    plainly.withdraw_hashes(type, "a bank", [hash] * 3)
    assert reader.match(type, hash.hex()) == []
    plainly.counts(reader)


def test_who_may_only_read_the_folder_reads_it(tmp_path: Path) -> None:
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    plainly = Plainly(folder / "matching")
    hashes = drawn("md5", 50)
    plainly.add("md5", "a bank", numbered(hashes))
    build(plainly.folder)
    plainly.add("md5", "a bank", numbered(hashes, 100))
    plainly.folder.chmod(0o555)

    def read() -> None:
        if os.geteuid() == 0:
            os.setgid(65534)
            os.setuid(65534)
        assert not os.access(plainly.folder, os.W_OK)
        before = {path.name: path.stat() for path in plainly.folder.iterdir()}
        plainly.agrees(Index.open(plainly.folder), [("md5", hash) for hash in hashes])
        assert {path.name: path.stat() for path in plainly.folder.iterdir()}.keys() == before.keys()

    assert run(read)[0] == 0


HASHES = {type: drawn(type, 6) for type in ("pdq", "md5")}
HASHES["pdq"] += [changed(hash, bits, CHANCE) for hash in HASHES["pdq"] for bits in (1, 16, 31, 32)]
ROWS = st.sampled_from(["pdq", "md5"]).flatmap(
    lambda type: st.tuples(
        st.just(type),
        st.sampled_from(BANKS),
        st.lists(
            st.tuples(st.sampled_from(HASHES[type]), st.integers(0, 3), st.integers(-1, 2)), min_size=1, max_size=6
        ),
    )
)


class TwoReaders(RuleBasedStateMachine):
    """Whatever is added, withdrawn, built and opened anew, in whatever order, both readers answer as they must."""

    folders: Iterator[Path]

    @initialize(rows=ROWS)
    def begin(self, rows: tuple[str, str, list[tuple[bytes, int, int]]]) -> None:
        self.temporary = tempfile.TemporaryDirectory()
        self.plainly = Plainly(Path(self.temporary.name))
        self.plainly.add(*rows)
        self.readers = [Index.open(self.plainly.folder) for _ in range(2)]

    @rule(rows=ROWS)
    def add(self, rows: tuple[str, str, list[tuple[bytes, int, int]]]) -> None:
        self.plainly.add(*rows)

    @rule(bank=st.sampled_from(BANKS), entries=st.lists(st.integers(0, 3), min_size=1, max_size=3))
    def withdraw_entries(self, bank: str, entries: list[int]) -> None:
        self.plainly.withdraw_entries(bank, entries, self.readers[0])

    @rule(rows=ROWS)
    def withdraw_hashes(self, rows: tuple[str, str, list[tuple[bytes, int, int]]]) -> None:
        type, bank, hashes = rows
        self.plainly.withdraw_hashes(type, bank, [hash for hash, *_ in hashes])

    @rule(rows=ROWS)
    def withdraw_pairs(self, rows: tuple[str, str, list[tuple[bytes, int, int]]]) -> None:
        type, bank, hashes = rows
        self.plainly.withdraw_pairs(type, bank, [(hash, entry) for hash, entry, _ in hashes])

    @rule()
    def build(self) -> None:
        assert build(self.plainly.folder).hashes == len(self.plainly.standing)

    @rule(which=st.integers(0, 1))
    def open_anew(self, which: int) -> None:
        self.readers[which] = Index.open(self.plainly.folder)

    @rule(which=st.integers(0, 1), radius=st.sampled_from([None, 0, 16, 64]))
    def ask(self, which: int, radius: int | None) -> None:
        queries = [("pdq", hash) for hash in HASHES["pdq"][::3]] + [("md5", hash) for hash in HASHES["md5"]]
        self.plainly.agrees(self.readers[which], queries, radius)

    @invariant()
    def counted(self) -> None:
        if hasattr(self, "plainly"):
            self.plainly.counts(self.readers[0])

    def teardown(self) -> None:
        if hasattr(self, "temporary"):
            self.temporary.cleanup()


TestTwoReaders = TwoReaders.TestCase
TestTwoReaders.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


@pytest.mark.timeout(60)
def test_a_journal_that_is_put_back_is_read_by_who_reads_already(plainly: Plainly) -> None:
    """An operator who restores a copy moves it into place, and tells nobody."""
    hashes = drawn("md5", 4)
    plainly.add("md5", "a bank", numbered(hashes[:2]))
    copy = (plainly.folder / LOG).read_bytes()
    index = Index.open(plainly.folder)

    def found() -> list[int]:
        return [len(index.match("md5", hash.hex())) for hash in hashes]

    plainly.add("md5", "a bank", numbered(hashes[2:], 10))
    assert found() == [1, 1, 1, 1]
    (plainly.folder / "restored").write_bytes(copy)
    (plainly.folder / "restored").rename(plainly.folder / LOG)
    while found() != [1, 1, 0, 0]:
        pass


@pytest.mark.parametrize("then", [[], [(bytes(16), 1, 1)], [(bytes(16), n, 1) for n in range(9)]])
def test_a_file_that_is_ahead_of_a_journal_that_was_put_back_is_refused_until_a_build(
    plainly: Plainly, then: list[tuple[bytes, int, int]]
) -> None:
    """Whether the journal then goes another way, and is shorter than the file knows it, as long, or longer."""
    plainly.add("md5", "a bank", numbered(drawn("md5", 3)))
    copy = (plainly.folder / LOG).read_bytes()
    [hash] = drawn("md5", 1)
    add(plainly.folder, type="md5", bank="a bank", hashes=hash, entries=[9])
    build(plainly.folder)
    (plainly.folder / "restored").write_bytes(copy)
    (plainly.folder / "restored").rename(plainly.folder / LOG)
    if then:
        plainly.add("md5", "a bank", then)
    assert needs_merge(plainly.folder)
    for work in (Index.open, verify):
        with pytest.raises(IndexDamaged, match="belongs to another journal; `maillon index build` makes it anew"):
            work(plainly.folder)
    build(plainly.folder)
    plainly.agrees(Index.open(plainly.folder), [("md5", hash), ("md5", bytes(16))])
