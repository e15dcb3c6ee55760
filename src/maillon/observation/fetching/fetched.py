"""What one fetch brought, or why it brought nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Kind = Literal["page", "image", "video"]
Outcome = Literal["ok", "refused", "failed"]

LONGEST_TEXT = 50_000
"""Characters kept of a page's visible text."""


class Tls(StrEnum):
    """How a hop was encrypted: not at all, as it should be, or with what was wrong. What is wrong stops no fetch."""

    NONE = ""
    OK = "ok"
    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    SELF_SIGNED = "self_signed"
    UNKNOWN_ISSUER = "unknown_issuer"
    WRONG_NAME = "wrong_name"
    OUTDATED = "outdated"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Hop:
    """One request and its answer. `address`: connected to ("" for none, and through Tor); `location`: led to."""

    url: str
    referrer: str
    address: str
    status: int | None
    location: str
    tls: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One page, image or video that was asked for.

    `url` is the address as named; the last hop's is where the answer came from. `body` is unpacked, and empty unless
    `outcome` is `ok`; `warc` holds everything that was received, whatever the outcome (empty only where a worker
    died). An address that is itself an image or a video gives a page without body and one medium.
    """

    kind: Kind
    url: str
    outcome: Outcome
    reason: str
    hops: tuple[Hop, ...]
    status: int | None
    mime: str
    body: bytes
    warc: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page and the media it names.

    `text`: what a reader would see, bounded. `named`: how many different media the page names, fetched or not.
    `cut`: the reason (a Refusal) why the worker ended before it was through, though the page was received; else "".
    """

    page: Part
    media: tuple[Part, ...] = ()
    needs_scripts: bool = False
    text: str = ""
    named: int = 0
    cut: str = ""
