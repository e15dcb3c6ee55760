"""A built file is what was written, every byte of it, or it is refused with a sentence that says what to do."""

import resource
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from maillon.matching.errors import IndexDamaged, NoRoom
from maillon.matching.file import FILE, LARGE, PAGE, START_BYTES, Draft, check, mapped, opened
from tests.matching.killing import run

ABOUT = {"banks": ["one", "two"], "journals": {"00": [1, 2**63, 3]}}
ARRAYS = {
    "a/numbers": np.arange(300, dtype=np.uint64).reshape(100, 3),
    "a/none": np.empty((0, 4), np.uint64),
    "b/few": np.arange(5, dtype=np.uint16),
    "b/bytes": np.frombuffer(bytes(range(200)), np.uint8).reshape(10, 20),
}


def write(path: Path) -> int:
    """The arrays, some of them made in the file."""
    draft = Draft(path)
    inside = draft.room((100, 3), np.uint64)
    inside[...] = ARRAYS["a/numbers"]
    try:
        return draft.finish({**ARRAYS, "a/numbers": inside}, ABOUT)
    finally:
        draft.close()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("file") / FILE
    assert write(path) == path.stat().st_size
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Iterator[Path]:
    return tmp_path / FILE


def refused_or_right(path: Path, changed: bytes) -> bool:
    path.unlink(missing_ok=True)  # replaced, never changed: others may have it mapped
    path.write_bytes(changed)
    try:
        file = opened(path)
        assert file is not None
        check(file, path, threads=2)
    except IndexDamaged as refused:
        return str(refused).startswith(f"{path} ") and str(refused).endswith("makes it anew from the journal.")
    assert {name: array.tolist() for name, array in file.arrays.items()} == {
        name: array.tolist() for name, array in ARRAYS.items()
    }
    assert {name: file.about[name] for name in ABOUT} == ABOUT
    return False


def test_what_is_written_is_read(path: Path, whole: bytes) -> None:
    assert not refused_or_right(path, whole)


def test_where_there_is_none_nothing_is_read(path: Path) -> None:
    assert opened(path) is None


def test_a_byte_changed_anywhere_is_refused_or_between_the_arrays(path: Path, whole: bytes) -> None:
    between = {at for at in range(len(whole)) if not whole[at]}
    tried = {*range(START_BYTES), *range(PAGE - 9, len(whole), 17), *range(len(whole) - 40, len(whole))}
    refused = {
        at for at in tried if refused_or_right(path, bytes([*whole[:at], whole[at] ^ 1 << at % 8, *whole[at + 1 :]]))
    }
    assert tried - between <= refused
    assert set(range(START_BYTES)) <= refused


def test_a_file_cut_or_lengthened_anywhere_is_refused(path: Path, whole: bytes) -> None:
    lengths = [0, 1, START_BYTES - 1, START_BYTES, PAGE, *range(PAGE, len(whole), 997), len(whole) - 1]
    assert all(refused_or_right(path, whole[:length]) for length in lengths)
    assert refused_or_right(path, whole + b"\0")
    assert refused_or_right(path, whole + whole)


@pytest.mark.parametrize(
    ("at", "bytes", "why"),
    [
        (0, b"MZ", "is damaged or no index"),
        (16, b"mid!", "was made by a machine of another byte order"),
        (20, b"\x09", "is of version 9, and version 1 is what this program reads"),
    ],
)
def test_it_is_said_why_a_foreign_file_is_refused(path: Path, whole: bytes, at: int, bytes: bytes, why: str) -> None:
    path.write_bytes(whole[:at] + bytes + whole[at + len(bytes) :])
    with pytest.raises(IndexDamaged, match=why):
        opened(path)


def test_who_has_mapped_a_file_keeps_it_when_it_is_replaced_or_removed(path: Path, whole: bytes) -> None:
    path.write_bytes(whole)
    kept, _ = mapped(path)
    write(path.with_suffix(".new"))
    path.with_suffix(".new").rename(path)
    path.unlink()
    assert kept.tobytes() == whole


def test_large_arrays_begin_where_large_pages_do(path: Path) -> None:
    draft = Draft(path)
    arrays = {"small": draft.room((1,), np.uint8), "large": draft.room((LARGE + 1,), np.uint8)}
    draft.finish(arrays, {})
    draft.close()
    bytes, _ = mapped(path)
    file = opened(path)
    assert file is not None
    begin = file.arrays["large"].ctypes.data - file.arrays["small"].ctypes.data + PAGE
    assert (begin % LARGE, len(bytes) > LARGE) == (0, True)


def test_a_full_disk_is_said_before_anything_is_written(path: Path) -> None:
    def work() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
        draft = Draft(path)
        draft.room((1 << 10,), np.uint8)[...] = 1
        with pytest.raises(NoRoom, match=r"There is no room on the disk of .*; make some and build again"):
            draft.room((1 << 21,), np.uint8)

    assert run(work) == (0, [])
