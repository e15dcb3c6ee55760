"""Say something to a peer over HTTPS, and hear its answer."""

import ssl
from functools import lru_cache
from time import monotonic

import httpx
import orjson

from maillon.partners.channels import ChannelFailed, Peer
from maillon.partners.exchange.signed import MEDIA_TYPE

TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # seconds
EPOCHS_DIFFER = 412
LONGEST = 4_000_000  # bytes of an answer
WHOLE = 60.0  # seconds in which an answer must have come, however slowly its parts drip
HEADERS = {"Content-Type": MEDIA_TYPE, "Accept-Encoding": "identity"}


class Unreachable(ChannelFailed):
    """The peer does not answer, or not as the one whose certificate is expected."""


class EpochsDiffer(ChannelFailed):
    """One of the two was restored; greet first."""


def say(*, peer: Peer, house: str, operation: str, text: bytes) -> bytes:
    """Send the signed `text` of `house` to `peer`; its answer, to be verified by the caller.

    The peer's certificate is always checked. Raises Unreachable, EpochsDiffer, ChannelFailed where it refused.
    """
    address = f"{peer.address}/api/exchange/{peer.house}/{house}/{operation}"
    try:
        with (
            httpx.Client(verify=_trusting(peer.authority), timeout=TIMEOUT, trust_env=False) as client,
            client.stream("POST", address, content=text, headers=HEADERS) as answer,
        ):
            status, heard = answer.status_code, _heard(answer)
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise Unreachable(
            f"{peer.house} does not answer at {peer.address} ({error or type(error).__name__})."
        ) from error
    if len(heard) > LONGEST:
        raise ChannelFailed(f"{peer.house} answered with more than {LONGEST:,} bytes; nothing is taken from it.")
    if status == 200:
        return heard
    refusal = f"{peer.house} refused ({status}): {_detail(heard)}"
    raise EpochsDiffer(refusal) if status == EPOCHS_DIFFER else ChannelFailed(refusal)


def _heard(answer: httpx.Response) -> bytes:
    """The answer as it came, and no more of it than is needed to know that it is too long."""
    found, end = bytearray(), monotonic() + WHOLE
    for part in answer.iter_raw():
        found += part
        if monotonic() > end:
            raise httpx.ReadTimeout(f"its answer was not whole within {WHOLE:.0f} seconds")
        if len(found) > LONGEST:
            break
    return bytes(found)


@lru_cache(maxsize=32)
def _trusting(authority: str) -> ssl.SSLContext:
    """Reading the system's certificates takes tens of milliseconds; a context is made once for each authority."""
    return ssl.create_default_context(cadata=authority or None)


def _detail(heard: bytes) -> str:
    """What the peer says of its refusal, on one line, whatever it wrote."""
    try:
        said = str(orjson.loads(heard)["detail"])[:300]
        return " ".join("".join(c if c.isprintable() else " " for c in said).split())
    except (ValueError, KeyError, TypeError):
        return "it said nothing that Maillon understands."
