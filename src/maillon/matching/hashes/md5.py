"""MD5 of a file's bytes."""

from maillon.matching.hashes import HashType

TYPE = HashType("md5", 16, None)
