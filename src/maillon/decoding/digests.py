"""The exact hashes of received bytes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

PIECE = 1 << 18  # bytes: stays in the processor's cache while three hashes read it


@dataclass(frozen=True, slots=True)
class Digests:
    """16, 20 and 32 bytes. MD5 and SHA-1 are what older lists hold; no decision of ours rests on them alone."""

    md5: bytes
    sha1: bytes
    sha256: bytes


def digests(body: bytes | Iterable[bytes]) -> Digests:
    """MD5, SHA-1 and SHA-256 of a body or of its pieces in order, in one read."""
    hashes = [hashlib.new(name, usedforsecurity=False) for name in ("md5", "sha1", "sha256")]
    for chunk in [body] if isinstance(body, bytes) else body:
        view = memoryview(chunk)
        for start in range(0, len(view), PIECE):
            for one in hashes:
                one.update(view[start : start + PIECE])
    md5, sha1, sha256 = (one.digest() for one in hashes)
    return Digests(md5, sha1, sha256)
