"""Say something to a peer over HTTPS, and hear its answer."""

import ssl
from functools import lru_cache

import httpx
import orjson

from maillon.partners.channels import ChannelFailed, Peer
from maillon.partners.exchange.signed import MEDIA_TYPE

TIMEOUT = httpx.Timeout(20.0, connect=5.0)  # seconds
EPOCHS_DIFFER = 412
LONGEST = 4_000_000  # bytes of an answer


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
        with httpx.Client(verify=_trusting(peer.authority), timeout=TIMEOUT, trust_env=False) as client:
            answer = client.post(address, content=text, headers={"Content-Type": MEDIA_TYPE})
    except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
        raise Unreachable(
            f"{peer.house} does not answer at {peer.address} ({error or type(error).__name__})."
        ) from error
    if answer.status_code == 200 and len(answer.content) <= LONGEST:
        return answer.content
    refusal = f"{peer.house} refused ({answer.status_code}): {_detail(answer)}"
    raise EpochsDiffer(refusal) if answer.status_code == EPOCHS_DIFFER else ChannelFailed(refusal)


@lru_cache(maxsize=32)
def _trusting(authority: str) -> ssl.SSLContext:
    """Reading the system's certificates takes tens of milliseconds; a context is made once for each authority."""
    return ssl.create_default_context(cadata=authority or None)


def _detail(answer: httpx.Response) -> str:
    try:
        return str(orjson.loads(answer.content)["detail"])[:300]
    except (ValueError, KeyError, TypeError):
        return "it said nothing that Maillon understands."
