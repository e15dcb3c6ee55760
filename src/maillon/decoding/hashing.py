"""PDQ of decoded pixels, as answers hold it."""

from maillon.matching.pdq import Pixels, pdq_of


def pdq(pixels: Pixels) -> tuple[bytes | None, int]:
    """The published hash and its quality 0…100 of pixels, uint8 (height, width, 3) in RGB or (height, width) in grey.

    None, with quality 0, where a side is too short for a hash that means anything.
    """
    return pdq_of(pixels) or (None, 0)
