"""SHA-1 of a file's bytes."""

from maillon.matching.hashes import HashType

TYPE = HashType("sha1", 20, None)
