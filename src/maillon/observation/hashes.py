"""The hashes by which a file is looked up among known content."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from maillon.decoding.digests import Digests

if TYPE_CHECKING:  # `maillon match` needs no Django
    from maillon.items.captures import NewMedium


class Hash(NamedTuple):
    """One hash: its type and hexadecimal digits, its quality 0…100 where it has one; of a video's frame, its second."""

    type: str
    digits: str
    quality: int | None = None
    second: float | None = None


def exact(found: Digests) -> list[Hash]:
    """The hashes that equal bytes share, and nothing else."""
    return [Hash(name, getattr(found, name).hex()) for name in ("md5", "sha1", "sha256")]


def perceptual(pdq: bytes | None, quality: int | None, vpdq: Iterable[Sequence[Any]]) -> list[Hash]:
    """The hashes that pictures share which look alike: an image's own, and those of a video's frames, each once.

    `vpdq` holds (second, quality, hexadecimal hash), as `decoding.shapes.Decoded` does.
    """
    frames: dict[str, Hash] = {}
    for second, clear, digits in vpdq:
        frames.setdefault(digits, Hash("vpdq", digits, clear, second))
    return [*([Hash("pdq", pdq.hex(), quality)] if pdq else []), *frames.values()]


def hashes_of(medium: "NewMedium") -> list[Hash]:
    """All hashes of a medium that was received."""
    if medium.md5 is None or medium.sha1 is None or medium.sha256 is None:
        return []
    found = exact(Digests(medium.md5, medium.sha1, medium.sha256))
    return found + perceptual(medium.pdq, medium.pdq_quality, medium.vpdq)
