"""One fetch from its first question to its last medium, inside the worker: parts are handed on as they come."""

import asyncio
import base64
import binascii
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from maillon.observation.fetching.asking import Asker
from maillon.observation.fetching.budget import Budget
from maillon.observation.fetching.dialling import Dialler
from maillon.observation.fetching.egress import Egress, Limits
from maillon.observation.fetching.fetched import LONGEST_TEXT, Hop, Kind, Tls
from maillon.observation.fetching.following import Follower, Received
from maillon.observation.fetching.guard import Guard, as_referrer
from maillon.observation.fetching.kinds import is_html, kind_of, mime_of
from maillon.observation.fetching.names import Names
from maillon.observation.fetching.pieces import Buffer, Piece, Summary
from maillon.observation.fetching.reading import Read, decoded, read, shortened
from maillon.observation.fetching.refusals import Refusal, Stop
from maillon.observation.fetching.streams import Contexts
from maillon.observation.fetching.warc import Exchange, written
from maillon.observation.resolve import Endpoint

Now = Callable[[], datetime]


class Visit:
    """What one fetch needs; `contexts` and `loop` outlive it."""

    def __init__(
        self,
        *,
        egress: Egress,
        limits: Limits,
        resolver: Endpoint | None,
        contexts: Contexts,
        loop: asyncio.AbstractEventLoop,
        now: Now,
    ) -> None:
        self._limits, self._now = limits, now
        budget = Budget(limits, time.monotonic())
        guard = Guard(egress)
        self._asker = Asker(Names(guard, resolver, loop), Dialler(budget, egress), contexts, budget)
        self._follower = Follower(guard, self._asker, limits.redirects, now)

    def fetch(self, url: str, referrer: str) -> Iterator[Piece | Summary]:
        """The page, then its media in the page's order, then the summary."""
        try:
            yield from self._fetch(url, referrer)
        finally:
            self._asker.close()

    def _fetch(self, url: str, referrer: str) -> Iterator[Piece | Summary]:
        page = self._follower.follow(url, as_referrer(referrer), "page")
        if page.answer and not page.reason and kind_of(page.answer.mime) != "page":
            yield self._pointer(url, page)
            yield self._piece(url, page, "image")
            yield Summary(named=1)
            return
        yield self._piece(url, page, "page")
        if page.reason or page.answer is None:
            yield Summary()
            return
        base, content_type = page.hops[-1].url, (page.answer.headers or {}).get("content-type", "")
        whole = page.answer.whole
        if not is_html(page.answer.mime):
            plain = page.answer.mime.startswith("text/")
            yield Summary(text=shortened(decoded(bytes(whole[: 4 * LONGEST_TEXT]), content_type)) if plain else "")
            return
        found = read(whole, content_type, base)
        del whole, page
        yield from self._media(found, base)
        yield Summary(found.needs_scripts, found.text, len(found.named))

    def _media(self, found: Read, base: str) -> Iterator[Piece]:
        for address, kind in list(found.named.items())[: self._limits.media]:
            if address[:5].lower() == "data:":
                yield self._inline(address, base)
            else:
                yield self._piece(address, self._follower.follow(address, shown(base, address), kind), kind)

    def _piece(self, url: str, received: Received, kind: Kind) -> Piece:
        warc = written(received.exchanges, self._now())
        answer, reason = received.answer, received.reason
        status, mime = (answer.status, answer.mime) if answer else (None, "")
        if kind != "page" and not reason:
            kind, reason = (kind_of(mime), "") if kind_of(mime) != "page" else (kind, Refusal.NOT_MEDIA)
        piece = Piece(kind, url, reason, received.hops, status, mime, warc)
        if answer and not reason:
            if answer.plain_at is None:
                piece.body = answer.body
            else:
                piece.within = (_place(warc, answer.exchange), answer.plain_at)
        return piece

    def _pointer(self, url: str, received: Received) -> Piece:
        """The page that an address of a medium is: only the way there."""
        assert received.answer is not None
        hop = received.hops[-1]
        about = Exchange(hop, notes={"medium": received.answer.mime})
        warc = written([about], self._now())
        return Piece("page", url, "", received.hops, hop.status, received.answer.mime, warc)

    def _inline(self, address: str, base: str) -> Piece:
        """A medium that stands in the page itself; its address becomes its digest."""
        mime, body, reason = _inline(address, self._limits.image_bytes)
        kind = kind_of(mime)
        if kind == "page":
            kind, reason = "image", reason or Refusal.NOT_MEDIA
        url = f"data:{mime},sha-256:{sha256(body).hexdigest()}"
        hop = Hop(base, "", "", None, "", Tls.NONE, self._now())
        notes = {"inline": mime, **({"reason": reason} if reason else {})}
        warc = written([Exchange(hop, received=body, notes=notes)], self._now())
        return Piece(kind, url, reason, (), None, mime, warc, b"" if reason else body)


def shown(page: str, address: str) -> str:
    """The referrer that a browser sends from `page`: all of it to its own origin, the origin alone elsewhere."""
    origin = "/".join(page.split("/")[:3]) + "/"
    return page if address.startswith(origin) else origin


def _inline(address: str, most: int) -> tuple[str, bytes, str]:
    head, _, data = address[5:].partition(",")
    if len(data) > most:
        return "image/unknown", b"", Refusal.TOO_LARGE
    said, *parameters = head.split(";")
    try:
        body = unquote_to_bytes(data)
        if parameters and parameters[-1].strip().lower() == "base64":
            body = base64.b64decode(b"".join(body.split()) + b"==", validate=False)
    except (binascii.Error, ValueError):
        return "image/unknown", b"", Refusal.NOT_MEDIA
    return mime_of(said, body), body, ""


def _place(warc: Sequence[Buffer], exchange: Exchange) -> int:
    at = 0
    for piece in warc:
        if piece is exchange.received:
            return at + exchange.head
        at += len(piece)
    raise Stop(Refusal.WORKER_GARBLED)
