"""What one fetch brought, or why it brought nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

Kind = Literal["page", "image", "video"]
Outcome = Literal["ok", "refused", "failed"]


class Refusal(StrEnum):
    """Why a part is not `ok`. The first group is refused before anything is sent; the second failed on the way."""

    BAD_ADDRESS = "bad_address"
    BAD_SCHEME = "bad_scheme"
    BAD_PORT = "bad_port"
    USER_NAMED = "user_named"
    NOT_PUBLIC = "not_public"
    NO_TOR = "no_tor"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_LOOP = "redirect_loop"
    OVER_TOTAL = "over_total"

    NAME_NOT_FOUND = "name_not_found"
    NO_ADDRESS = "no_address"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"
    TLS_FAILED = "tls_failed"
    CUT_OFF = "cut_off"
    BROKEN_ANSWER = "broken_answer"
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_LARGE = "too_large"
    DECOMPRESSION_BOMB = "decompression_bomb"
    UNKNOWN_CODING = "unknown_coding"
    TOO_SLOW = "too_slow"
    TOO_LONG = "too_long"
    NOT_MEDIA = "not_media"
    PROXY_REFUSED = "proxy_refused"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_DIED = "worker_died"
    WORKER_GARBLED = "worker_garbled"


REFUSED = frozenset(list(Refusal)[: list(Refusal).index(Refusal.NAME_NOT_FOUND)])
"""The reasons with the outcome `refused`; all others are `failed`."""


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
