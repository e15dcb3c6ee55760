"""The hashes by which a file is looked up among known content."""

from typing import NamedTuple, Protocol

from maillon.decoding.digests import Digests


class Hash(NamedTuple):
    """One hash: its type and hexadecimal digits, its quality 0…100 where it has one; of a video's frame, its second."""

    type: str
    digits: str
    quality: int | None = None
    second: float | None = None


class Seen(Protocol):
    """What was read of a medium, as `decoding.shapes.Decoded` says it."""

    @property
    def pdq(self) -> bytes | None: ...

    @property
    def quality(self) -> int | None: ...

    @property
    def vpdq(self) -> tuple[tuple[float, int, str], ...]: ...


def exact(found: Digests) -> list[Hash]:
    """The hashes that equal bytes share, and nothing else."""
    return [Hash(name, getattr(found, name).hex()) for name in ("md5", "sha1", "sha256")]


def perceptual(seen: Seen) -> list[Hash]:
    """The hashes that pictures share which look alike: an image's own, or those of a video's frames, each one once."""
    if seen.pdq is not None:
        return [Hash("pdq", seen.pdq.hex(), seen.quality)]
    first = {digits: Hash("vpdq", digits, quality, second) for second, quality, digits in reversed(seen.vpdq)}
    return sorted(first.values(), key=lambda one: one.second or 0.0)
