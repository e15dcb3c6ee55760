"""One request and its answer, over a connection of its own or one left open by the same fetch.

No cookie is ever taken or sent, and no request is other than GET.
"""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import httpcore

from maillon.observation.fetching.budget import Budget
from maillon.observation.fetching.dialling import Dialler
from maillon.observation.fetching.fetched import Hop, Kind, Tls
from maillon.observation.fetching.guard import Target
from maillon.observation.fetching.kinds import kind_of, mime_of
from maillon.observation.fetching.names import Names
from maillon.observation.fetching.refusals import Refusal, Stop
from maillon.observation.fetching.streams import HEADER_BYTES, Contexts, Stream, opened
from maillon.observation.fetching.unpacking import Unpacker
from maillon.observation.fetching.warc import Exchange

USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
"""A browser that many people use: many servers show a program, or a hotline that names itself, something else."""
_ACCEPT = {
    "page": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "image": "image/avif,image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
    "video": "video/webm,video/mp4,video/*;q=0.9,*/*;q=0.5",
}
_LANGUAGES = "en-US,en;q=0.5"
_REDIRECT_BODY = 64 * 1024
"""Bytes taken of what a redirect shows; nobody sees it."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_OPEN = 6
_BEGINS = 64
_BLANK_LINE = re.compile(rb"\n\r?\n")  # as h11 finds the end of a header
_INTERIM = re.compile(rb"HTTP/\S+ 1\d\d")


@dataclass(slots=True)
class Answer:
    """An exchange as far as it came; `reason` says why no further. `body` is unpacked."""

    exchange: Exchange
    status: int | None = None
    headers: Mapping[str, str] | None = None
    mime: str = ""
    body: bytes | bytearray = b""
    plain_at: int | None = None
    reason: str = ""

    @property
    def whole(self) -> bytes | bytearray | memoryview:
        """The body, wherever it stands."""
        if self.plain_at is None:
            return self.body
        head = self.exchange.head
        return memoryview(self.exchange.received)[head : head + self.plain_at]

    @property
    def location(self) -> str:
        """Where a redirect leads, as the server wrote it."""
        headers = self.headers or {}
        return headers.get("location", "") if self.status in REDIRECTS else ""


class Asker:
    """The connections of one fetch."""

    def __init__(self, names: Names, dialler: Dialler, contexts: Contexts, budget: Budget) -> None:
        self._names, self._dialler, self._contexts, self._budget = names, dialler, contexts, budget
        self._open: dict[str, tuple[httpcore.HTTPConnection, Stream]] = {}

    def ask(self, target: Target, referrer: str, kind: Kind, at: datetime) -> Answer:
        """GET `target`. Never raises Stop: the answer says what went wrong."""
        exchange = Exchange(Hop(target.url, referrer, "", None, "", Tls.NONE, at))
        answer = Answer(exchange)
        request = _request(target, referrer, kind)
        stream: Stream | None = None
        try:
            self._budget.most(kind)
            stream, fresh = self._stream(target)
            try:
                self._converse(target, request, stream, answer, kind)
            except (Stop, httpcore.RemoteProtocolError) as error:
                unused = not fresh and not stream.tap.received
                if not unused or (isinstance(error, Stop) and error.reason is not Refusal.CUT_OFF):
                    raise
                self._drop(target)  # the server had closed what it left open: asked again, once
                stream, _ = self._stream(target)
                self._converse(target, request, stream, answer, kind)
        except Stop as stop:
            self._note(answer, stop)
        except httpcore.RemoteProtocolError as error:
            self._note(answer, _broken(error, answer, stream))
        except (httpcore.LocalProtocolError, ValueError) as error:
            self._note(answer, Stop(Refusal.BROKEN_ANSWER, str(error)))
        if (
            answer.reason
            or answer.exchange.truncated
            or (answer.headers or {}).get("connection", "").lower() == "close"
        ):
            self._drop(target)
        self._finish(answer, stream)
        return answer

    def close(self) -> None:
        """Close what is open."""
        for connection, _ in self._open.values():
            connection.close()
        self._open.clear()

    def _stream(self, target: Target) -> tuple[Stream, bool]:
        known = self._open.get(target.origin)
        if known:
            if not known[0].has_expired() and known[0].is_idle():
                return known[1], False
            self._drop(target)
        while len(self._open) >= _MOST_OPEN:
            self._open.pop(next(iter(self._open)))[0].close()
        patience = self._budget.wait(time.monotonic())
        doors = self._names.doors(target, patience)
        stream = opened(self._dialler, self._contexts, doors, target.host)
        backend = _Given(stream)
        origin = httpcore.Origin(target.scheme.encode(), target.host.encode(), target.port)
        connection = httpcore.HTTPConnection(origin, ssl_context=self._contexts.strict, network_backend=backend)
        self._open[target.origin] = connection, stream
        return stream, True

    def _converse(self, target: Target, request: httpcore.Request, stream: Stream, answer: Answer, kind: Kind) -> None:
        stream.renew()
        response = self._open[target.origin][0].handle_request(request)
        answer.status = response.status
        answer.headers = _headers(response)
        answer.exchange.head = _head(stream.tap.received)
        try:
            self._take(response, stream, answer, kind)
        finally:
            response.close()

    def _take(self, response: httpcore.Response, stream: Stream, answer: Answer, kind: Kind) -> None:
        assert answer.headers is not None
        if answer.location:
            stream.tap.bound(answer.exchange.head + _REDIRECT_BODY, Refusal.TOO_LARGE)
            for _ in response.stream:  # type: ignore[union-attr]
                pass
            return
        content_type = answer.headers.get("content-type", "")
        answer.mime = mime_of(content_type, b"")
        most = self._most(answer.mime, kind)
        unpacker = Unpacker(answer.headers.get("content-encoding", ""), most)
        chunked = "chunked" in answer.headers.get("transfer-encoding", "").lower()
        promised = answer.headers.get("content-length", "")
        if promised.isdigit() and int(promised[:20]) > most:
            raise Stop(Refusal.TOO_LARGE, f"{promised[:20]} bytes are promised")
        stream.tap.bound(answer.exchange.head + most + HEADER_BYTES, Refusal.TOO_LARGE)
        body = bytearray()
        plain = unpacker.idle and not chunked
        received = 0
        for chunk in response.stream:  # type: ignore[union-attr]
            received += len(chunk)
            if received > most:
                raise Stop(Refusal.TOO_LARGE)
            if plain and len(body) >= _BEGINS:
                continue
            for piece in unpacker.feed(chunk):
                body += piece
                if len(body) > most:
                    raise Stop(Refusal.DECOMPRESSION_BOMB if not unpacker.idle else Refusal.TOO_LARGE)
        unpacker.end()
        answer.mime = mime_of(content_type, bytes(body[:_BEGINS]))
        self._budget.took(max(0, len(body) - received))
        if plain:
            answer.plain_at = received
        else:
            answer.body = body

    def _most(self, mime: str, kind: Kind) -> int:
        promised = kind_of(mime)
        if promised == "page" and kind != "page" and mime.startswith("application/octet-stream"):
            promised = kind
        return self._budget.most(promised)

    def _note(self, answer: Answer, stop: Stop) -> None:
        if answer.location and stop.reason in (Refusal.TOO_LARGE, Refusal.CUT_OFF, Refusal.BROKEN_ANSWER):
            answer.exchange.truncated = "length"
            return
        answer.reason = stop.reason
        answer.exchange.notes = {"reason": stop.reason, "detail": stop.detail}
        if answer.status is not None:
            answer.exchange.truncated = "time" if stop.reason in (Refusal.TOO_LONG, Refusal.TOO_SLOW) else "length"

    def _drop(self, target: Target) -> None:
        known = self._open.pop(target.origin, None)
        if known:
            known[0].close()
            known[1].close()

    def _finish(self, answer: Answer, stream: Stream | None) -> None:
        exchange, hop = answer.exchange, answer.exchange.hop
        if stream is None:
            return
        exchange.sent, exchange.received = stream.tap.sent, stream.tap.received
        self._budget.took(len(exchange.received))
        if answer.plain_at is not None and not answer.reason:
            end = exchange.head + answer.plain_at
            del exchange.received[end:]
        exchange.hop = Hop(
            hop.url, hop.referrer, stream.address, answer.status, answer.location[:8000], stream.tls, hop.at
        )
        if stream.tls not in (Tls.NONE, Tls.OK):
            exchange.notes |= {"tls": stream.tls, "tls-detail": stream.tls_detail}


class _Given(httpcore.NetworkBackend):
    """Gives httpcore the connection that was opened to the checked address, once."""

    def __init__(self, stream: Stream) -> None:
        self._stream: Stream | None = stream

    def connect_tcp(self, *_: object, **__: object) -> httpcore.NetworkStream:
        stream, self._stream = self._stream, None
        if stream is None:
            raise Stop(Refusal.CUT_OFF)
        return stream


def _request(target: Target, referrer: str, kind: Kind) -> httpcore.Request:
    headers = [
        ("Host", target.named),
        ("User-Agent", USER_AGENT),
        ("Accept", _ACCEPT[kind]),
        ("Accept-Language", _LANGUAGES),
        ("Accept-Encoding", "gzip, deflate, br"),
    ]
    if referrer:
        headers.append(("Referer", referrer))
    headers.append(("Connection", "keep-alive"))
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path.encode())
    return httpcore.Request("GET", url, headers=headers)


def _headers(response: httpcore.Response) -> dict[str, str]:
    """Names in lower case; of several with one name the first counts, but codings, which are put together."""
    found: dict[str, str] = {}
    for name, value in response.headers:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1")
        if key == "location":
            text = value.decode("utf-8", "replace")
        if key in ("content-encoding", "transfer-encoding") and key in found:
            text = f"{found[key]},{text}"
        elif key in found:
            continue
        found[key] = text
    return found


def _head(received: bytearray) -> int:
    """Length of everything before the body: the header that counts, and the interim ones (1xx) before it."""
    at = 0
    while end := _BLANK_LINE.search(received, at):
        interim = _INTERIM.match(received, at)
        at = end.end()
        if not interim:
            break
    return at


def _broken(error: Exception, answer: Answer, stream: Stream | None) -> Stop:
    received = stream.tap.received if stream else b""
    if answer.status is None and len(received) > HEADER_BYTES:
        return Stop(Refusal.HEADERS_TOO_LARGE, str(error))
    early = not received or "without" in str(error) or "closed" in str(error) or "incomplete" in str(error)
    return Stop(Refusal.CUT_OFF if early else Refusal.BROKEN_ANSWER, str(error))
