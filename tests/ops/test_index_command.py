"""`maillon index`: what lists hold is added whole or not at all; what is withdrawn is forgotten."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from maillon.matching.index import Index
from maillon.ops import cli

Run = Callable[..., tuple[int, str, str]]


def md5(number: int) -> str:
    return hashlib.md5(bytes([number % 251, number // 251]), usedforsecurity=False).hexdigest()


def pdq(number: int) -> str:
    """Far from every other."""
    return f"{number * 0x9E3779B97F4A7C15F39CC0605CEDC8341082276BF3A27251F86C6A11D0C18E95 % 2**256:064x}"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILLON_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "matching"


@pytest.fixture
def index(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["index", *map(str, arguments)])
        return code, *capsys.readouterr()

    return run


@pytest.fixture
def listed(tmp_path: Path) -> Callable[..., Path]:
    """A list with these lines."""
    written = 0

    def write(*lines: str) -> Path:
        nonlocal written
        written += 1
        path = tmp_path / f"list{written}"
        path.write_text("\n".join(lines))
        return path

    return write


def entries(folder: Path, type: str, text: str) -> list[tuple[str, int, int | None]]:
    return [(match.bank, match.entry, match.quality) for match in Index.open(folder).match(type, text)]


def test_hashes_are_added_with_their_entries_or_the_next_ones(index: Run, folder: Path, listed: Any) -> None:
    first = listed(f"{md5(1)},7,90", md5(2), f"{md5(3)},,50", md5(2), "# a remark", "")
    assert index("add", "--bank", "one", first) == (0, "Added to one: 4 md5.\n", "")
    second = listed("quality;hash;type;entry", f";{md5(4)};md5;", f"10;{pdq(5)};PDQ;3")
    assert index("add", "--bank", "one", second)[0] == 0
    assert [entries(folder, "md5", md5(n)) for n in (1, 2, 3, 4)] == [
        [("one", 7, 90)], [("one", 8, None)], [("one", 9, 50)], [("one", 10, None)],
    ]  # fmt: skip
    assert entries(folder, "pdq", pdq(5)) == [("one", 3, 10)]


def test_the_same_list_again_changes_nothing(index: Run, folder: Path, listed: Any) -> None:
    path = listed(*(md5(n) for n in range(20)))
    for _ in range(2):
        assert index("add", "--bank", "one", path)[0] == 0
    assert Index.open(folder).stats().types == {"md5": 20}


def test_standard_input_is_a_list(index: Run, folder: Path, monkeypatch: pytest.MonkeyPatch, listed: Any) -> None:
    with listed(md5(1)).open() as given:
        monkeypatch.setattr("sys.stdin", given)
        assert index("add", "--bank", "one")[0] == 0
    assert entries(folder, "md5", md5(1)) == [("one", 0, None)]


BAD = ("no hash", md5(1)[1:], f"{md5(1)},minus", f"{md5(1)},-1", f"{md5(1)},{2**63}", f"{md5(1)},1,101", pdq(1))


def test_every_bad_line_is_told_and_nothing_is_added(index: Run, folder: Path, listed: Any) -> None:
    path = listed(md5(9), *BAD)
    code, out, said = index("add", "--bank", "one", path)
    assert (code, out) == (1, "")
    assert [line.split(": ")[0] for line in said.splitlines()] == [
        *(f"{path} line {n}" for n in range(2, 9)), "maillon",
    ]  # fmt: skip
    assert "7 bad lines" in said
    assert not folder.exists()
    code, out, _ = index("add", "--bank", "one", "--skip-bad", path)
    assert (code, out) == (3, "Added to one: 1 md5. 7 bad lines left out.\n")
    assert entries(folder, "md5", md5(9)) == [("one", 0, None)]


def test_a_hash_that_may_be_of_several_types_needs_its_type(index: Run, folder: Path, listed: Any) -> None:
    assert "--type" in index("add", "--bank", "one", listed(pdq(1)))[2]
    assert index("add", "--bank", "one", "--type", "sha256", listed(pdq(1)))[0] == 0
    assert entries(folder, "sha256", pdq(1)) == [("one", 0, None)]
    assert entries(folder, "pdq", pdq(1)) == []


def test_what_is_withdrawn_matches_no_more_and_the_next_build_forgets_it(index: Run, folder: Path, listed: Any) -> None:
    given = listed("hash,entry,type", *(f"{md5(n)},{n},md5" for n in range(6)), f"{pdq(1)},1,pdq", f"{pdq(2)},2,pdq")
    index("add", "--bank", "one", given)
    index("add", "--bank", "two", given)
    assert index("withdraw", "--bank", "one", "--entry", 1)[:2] == (0, "Withdrawn from one: 2.\n")
    assert index("withdraw", "--bank", "one", "--hash", pdq(2), "--hash", md5(3))[:2] == (0, "Withdrawn from one: 2.\n")
    assert index("withdraw", "--bank", "one", listed(md5(4), f"{md5(5)},77", f"{md5(0)},0"))[1].endswith(": 2.\n")
    left = {n: [bank for bank, _, _ in entries(folder, "md5", md5(n))] for n in range(6)}
    assert left == {0: ["two"], 1: ["two"], 2: ["one", "two"], 3: ["two"], 4: ["two"], 5: ["one", "two"]}
    assert bytes.fromhex(md5(1)) in (folder / "hashes.log").read_bytes()
    assert index("withdraw", "--bank", "two", "--entry", 1)[0] == 0
    code, out, _ = index("build", "--threads", 1)
    assert code == 0
    assert out.startswith("Built: 8 hashes, ")
    assert not any(bytes.fromhex(md5(1)) in path.read_bytes() for path in folder.iterdir())
    assert index("verify")[:2] == (0, "Everything is as it was written: 8 hashes.\n")


def test_withdrawing_what_is_not_there_says_so(index: Run, listed: Any) -> None:
    index("add", "--bank", "one", listed(md5(1)))
    assert index("withdraw", "--bank", "one", "--entry", 5)[0] == 3
    code, _, said = index("withdraw", "--bank", "other", "--entry", 5)
    assert code == 1
    assert "there are one" in said
    assert index("withdraw", "--bank", "one")[0] == 1
    assert index("withdraw", "--bank", "one", "--hash", "x")[0] == 1


def test_statistics_are_a_table_or_json(index: Run, listed: Any) -> None:
    index("add", "--bank", "a bank", listed(*map(md5, range(1500))))
    found = json.loads(index("stats", "--format", "json")[1])
    assert found["types"] == {"md5": 1500}
    assert found["banks"] == {"a bank": 1500}
    assert "a bank                             1,500" in index("stats")[1].splitlines()


def test_an_index_that_was_damaged_is_refused_until_it_is_built_again(index: Run, folder: Path, listed: Any) -> None:
    assert "maillon index add" in index("stats")[2]
    index("add", "--bank", "one", listed(*map(md5, range(100))))
    index("build", "--threads", 1)
    file = folder / "hashes.index"
    whole = bytearray(file.read_bytes())
    whole[whole.index(bytes.fromhex(md5(50)))] ^= 1
    file.write_bytes(whole)
    code, _, said = index("verify")
    assert code == 1
    assert "maillon index build" in said
    assert said.count("\n") == 1
    assert index("build", "--threads", 1)[0] == 0
    assert index("verify")[0] == 0
