"""vPDQ: the PDQ hashes of a video's frames, of which an entry has many."""

from maillon.matching.hashes import HashType

TYPE = HashType("vpdq", 32, 31)
