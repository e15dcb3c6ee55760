"""What is asked of the decoding processes, what they answer, and the reasons for which they refuse."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from maillon.kernel.errors import MaillonError


class Kind(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


class Step(IntEnum):
    """How far a medium is revealed; each step shows more than the one before."""

    BLURRED = 0  # small, blurred, grey
    SMALL = 1  # small, grey
    LARGE = 2  # large, grey
    COLOUR = 3  # large, in colour


class Reason(StrEnum):
    """Why there is no answer. The words are codes: doors say them in the reader's language."""

    NOT_AN_IMAGE = "not_an_image"  # nor a video, whatever the server said it was
    NOT_A_VIDEO = "not_a_video"  # nor an image
    UNSUPPORTED = "unsupported"  # a format, codec or sample depth that is not on the list
    TRUNCATED = "truncated"  # begins well and ends too early
    CORRUPT = "corrupt"  # not what its own header promises
    TOO_LARGE = "too_large"  # bytes, pixels, frames or memory
    TOO_LONG = "too_long"  # the process was still at it when its time was up
    DECODER_DIED = "decoder_died"  # the process ended over it, or answered garbage
    NO_SUCH_SHEET = "no_such_sheet"  # fewer sheets of frames than that


class Undecodable(MaillonError):
    """These bytes give no answer; `reason` says why. The next ones may."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(f"The medium could not be decoded ({reason}); keep it and say so instead of showing it.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Decoded:
    """What is known of a medium. `kind` and `mime` are read from its bytes, never from its name or its server's word.

    `width` and `height` in pixels as stored, before any orientation tag; `seconds` 0.0 for an image.
    `pdq` is 32 bytes, the first hexadecimal digit of the usual notation first, with `quality` 0…100: of an image (its
    first frame where it is animated); None for a video. `vpdq` holds a (second, quality, hexadecimal hash) for every
    second of a video that was sampled; empty for an image.
    """

    kind: Kind
    mime: str
    width: int
    height: int
    frames: int
    seconds: float
    codec: str
    pdq: bytes | None
    quality: int | None
    vpdq: tuple[tuple[float, int, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Derivative:
    """What may be shown instead of the original: a JPEG of our own without metadata. `sheets`: how many there are."""

    body: bytes
    mime: str
    width: int
    height: int
    sheets: int = 1
