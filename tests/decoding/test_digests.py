"""The exact hashes are the published ones, of a body as of its pieces."""

import hashlib

from maillon.decoding.digests import PIECE, digests


def test_a_body_and_its_pieces_have_the_published_hashes() -> None:
    body = bytes(range(256)) * (PIECE // 128)
    found = digests(body)
    assert found == digests(body[start : start + 1000] for start in range(0, len(body), 1000))
    assert found.md5 == hashlib.md5(body, usedforsecurity=False).digest()
    assert found.sha1 == hashlib.sha1(body, usedforsecurity=False).digest()
    assert found.sha256 == hashlib.sha256(body).digest()


def test_nothing_has_the_hash_of_nothing() -> None:
    assert digests(b"").sha256.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digests([]) == digests(b"")
