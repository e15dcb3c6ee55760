"""Why a part of a fetch is not there. `refused` will be refused again; `failed` may go better another time."""

from enum import StrEnum
from typing import Literal


class Refusal(StrEnum):
    """The code that a part carries as its reason."""

    BAD_ADDRESS = "bad_address"
    BAD_SCHEME = "bad_scheme"
    BAD_PORT = "bad_port"
    USER_NAMED = "user_named"
    NOT_PUBLIC = "not_public"
    NO_TOR = "no_tor"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    REDIRECT_LOOP = "redirect_loop"
    HEADERS_TOO_LARGE = "headers_too_large"
    TOO_LARGE = "too_large"
    OVER_TOTAL = "over_total"
    DECOMPRESSION_BOMB = "decompression_bomb"
    UNKNOWN_CODING = "unknown_coding"
    NOT_MEDIA = "not_media"

    NAME_NOT_FOUND = "name_not_found"
    NO_ADDRESS = "no_address"
    NO_ANSWER = "no_answer"
    NOT_REACHED = "not_reached"
    PROXY_REFUSED = "proxy_refused"
    TLS_FAILED = "tls_failed"
    CUT_OFF = "cut_off"
    BROKEN_ANSWER = "broken_answer"
    TOO_SLOW = "too_slow"
    TOO_LONG = "too_long"
    OUT_OF_MEMORY = "out_of_memory"
    WORKER_DIED = "worker_died"
    WORKER_GARBLED = "worker_garbled"


_CODES = list(Refusal)
FAILED = frozenset(_CODES[_CODES.index(Refusal.NAME_NOT_FOUND) :])
"""The reasons with the outcome `failed`; all others are `refused`."""


class Stop(Exception):
    """The part at hand ends here, for `reason`; `detail` is for the archive file."""

    def __init__(self, reason: Refusal, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


def outcome(reason: str) -> Literal["ok", "refused", "failed"]:
    """What a part with this reason came to; no reason is success."""
    if not reason:
        return "ok"
    return "failed" if reason in FAILED else "refused"
