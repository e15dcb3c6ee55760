"""What the fetching worker may reach, and how much it may take; pure data, handed to it once over its pipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Synthetic:
    """Documentation networks that stand for the internet in the demo and the tests; nothing else sets this.

    networks: documentation network -> loopback network that answers for it, as in
    `{"192.0.2.0/24": "127.192.2.0/24"}`; the last bits of an address stay. ports: as named -> as served.
    authority: certificates (PEM) that are trusted besides the public ones.
    """

    networks: Mapping[str, str]
    ports: Mapping[int, int] = field(default_factory=dict)
    authority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Egress:
    """The way out: `ports` that may be named, an HTTP proxy (`http://host:port`), Tor (`socks5://host:port`)."""

    ports: frozenset[int] = frozenset({80, 443})
    proxy: str | None = None
    tor: str | None = None
    synthetic: Synthetic | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one address may cost. Bytes count as received and as unpacked, each for itself.

    seconds: from the first question to the last byte, the page and all it names. `media`: how many of those are
    fetched. `memory`: address space of one worker, in bytes. A server that is silent for `patience` seconds, or that
    long after its first byte still sends fewer than `rate` bytes a second, is given up.
    """

    seconds: float = 30.0
    page_bytes: int = 8 * MIB
    image_bytes: int = 32 * MIB
    video_bytes: int = 128 * MIB
    total_bytes: int = 256 * MIB
    redirects: int = 10
    media: int = 50
    memory: int = 1024 * MIB
    patience: float = 8.0
    rate: int = 500
