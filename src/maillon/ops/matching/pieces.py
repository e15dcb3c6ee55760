"""What is asked about: files, and what archives hold. Each is one piece, with one line of the output."""

import os
from dataclasses import dataclass
from hashlib import blake2b
from typing import NamedTuple

from maillon.decoding.digests import Digests

Key = bytes
"""16 bytes that say which piece this is: the same again as long as nothing of it changed."""


class File(NamedTuple):
    """A file that was found: its path as it was found, its size, and when it last changed, in ns."""

    path: str
    size: int
    modified: int

    def key(self, numbers: tuple[int, ...] = ()) -> Key:
        """Of the file, or of what stands at these places in the archive that it is: names may stand there twice."""
        said = os.fsencode(os.path.abspath(self.path)) + f"\0{self.size} {self.modified} {numbers}".encode()
        return blake2b(said, digest_size=16).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A file, a file in an archive, or what was found and cannot be read.

    `members`: its name in the archive, after that of the archive it is in where that stands in another one. `body`
    holds the bytes of a member, `digests` stand for one too large to hold; without both, and without a reason for
    which it was `refused`, the file itself is to be read. An archive comes after what it holds.
    """

    path: str
    key: Key
    size: int = 0
    members: tuple[str, ...] = ()
    body: bytes | None = None
    digests: Digests | None = None
    refused: str = ""
    archive: bool = False
