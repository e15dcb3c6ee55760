"""PDQ, a perceptual hash of images: 256 bits, of which up to 31 may differ, as its authors recommend."""

from maillon.matching.hashes import HashType

TYPE = HashType("pdq", 32, 31)
