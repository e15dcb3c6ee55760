"""SHA-256 of a file's bytes."""

from maillon.matching.hashes import HashType

TYPE = HashType("sha256", 32, None)
