"""A type of hash is found by being there, and a hash that is not written as its type demands is refused by name."""

from pathlib import Path

import pytest

from maillon.matching import hashes
from maillon.matching.errors import BadHash
from maillon.matching.hashes import type_named, types

NEW_TYPE = """
from maillon.matching.hashes import HashType

TYPE = HashType("made_up", 8, None)
"""


def test_these_types_are_known() -> None:
    assert {name: (type.size, type.radius) for name, type in types().items()} == {
        "pdq": (32, 31),
        "vpdq": (32, 31),
        "md5": (16, None),
        "sha1": (20, None),
        "sha256": (32, None),
    }


def test_a_type_is_found_by_being_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up.py").write_text(NEW_TYPE)
    with monkeypatch.context() as patch:
        patch.setattr(hashes, "__path__", [*hashes.__path__, str(tmp_path)])
        types.cache_clear()
        assert type_named("made_up").parse("00ff" * 4) == b"\x00\xff" * 4
    types.cache_clear()
    with pytest.raises(BadHash, match="'made_up' is no type of hash; the types are md5, pdq, sha1, sha256, vpdq"):
        type_named("made_up")


@pytest.mark.parametrize("name", types())
def test_a_hash_is_hexadecimal_digits_of_either_case(name: str) -> None:
    type = type_named(name)
    whole = bytes(range(255, 255 - type.size, -1))
    assert type.parse(whole.hex()) == type.parse(whole.hex().upper()) == whole


@pytest.mark.parametrize("text", ["", "ab" * 15, "ab" * 17, "g" * 32, " " * 32, "ab" * 15 + "a ", "é" * 32, "٣" * 32])
def test_anything_else_is_refused_and_shown(text: str) -> None:
    with pytest.raises(BadHash) as refused:
        type_named("md5").parse(text)
    assert str(refused.value) == f"{text!r} is no md5 hash; give 32 hexadecimal digits."


def test_what_is_far_too_long_is_shown_in_part() -> None:
    with pytest.raises(BadHash, match=r"^'a{77}\.\.\.' is no pdq hash; give 64 hexadecimal digits\.$"):
        type_named("pdq").parse("a" * 10_000)
