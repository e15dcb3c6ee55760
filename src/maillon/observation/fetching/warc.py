"""One part as one WARC 1.1 file (ISO 28500:2017): everything sent and received, byte for byte, and what was refused.

Responses hold the bytes as they came, codings and chunks included. Digests are SHA-1, as archives have them; the vault
is what proves that nothing was changed. Records are written here and not by `warcio`, which takes five times as long
and copies them; the tests read them with it.
"""

import os
from base64 import b32encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1
from uuid import UUID

from maillon.observation.fetching.fetched import Hop
from maillon.observation.fetching.pieces import Buffer

TEXT = "text/plain; charset=utf-8"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_HTTP = "application/http; msgtype="
_FIELDS = "application/warc-fields"
_INFO = b"software: maillon\r\nformat: WARC File Format 1.1\r\nrobots: ignore\r\n"
_END = b"\r\n\r\n"


@dataclass(slots=True)
class Exchange:
    """One hop with its bytes. `head`: length of the response's header, 0 where none could be read."""

    hop: Hop
    sent: Buffer = b""
    received: Buffer = b""
    head: int = 0
    truncated: str = ""
    notes: dict[str, str] = field(default_factory=dict)


def written(exchanges: Sequence[Exchange], at: datetime) -> list[Buffer]:
    """The file in pieces, which put together in order are the whole."""
    pieces: list[Buffer] = [*_record("warcinfo", _name(), None, at, _FIELDS, _INFO, {})]
    for exchange in exchanges:
        pieces.extend(_records(exchange))
    return pieces


def told(hop: Hop, text: str) -> bytes:
    """The visible text of the page that came last, as a `conversion` record to stand behind its file; b"" for none."""
    about = {
        "WARC-Refers-To-Target-URI": "".join(hop.url.split()),
        "WARC-Refers-To-Date": hop.at.strftime(_MOMENT),
    }
    block = text.encode("utf-8", "replace")
    return b"".join(_record("conversion", _name(), hop.url, hop.at, TEXT, block, about)) if text else b""


def _records(exchange: Exchange) -> Iterator[Buffer]:
    hop = exchange.hop
    place = {"WARC-IP-Address": hop.address} if hop.address else {}
    about: dict[str, str] = {}
    if exchange.received:
        more = place | ({"WARC-Truncated": exchange.truncated} if exchange.truncated else {})
        if exchange.head:
            kind, content = "response", _HTTP + "response"
            more["WARC-Payload-Digest"] = _digest(memoryview(exchange.received)[exchange.head :])
        else:
            kind, content = "resource", "application/octet-stream"
        name = _name()
        about = {"WARC-Concurrent-To": name}
        yield from _record(kind, name, hop.url, hop.at, content, exchange.received, more)
    if exchange.sent:
        more = {**place, **about, "WARC-Payload-Digest": _digest(b"")}
        yield from _record("request", _name(), hop.url, hop.at, _HTTP + "request", exchange.sent, more)
    if exchange.notes:
        yield from _record("metadata", _name(), hop.url, hop.at, _FIELDS, _fields(exchange.notes), about)


def _record(
    kind: str, name: str, url: str | None, at: datetime, content: str, block: Buffer, more: Mapping[str, str]
) -> tuple[Buffer, ...]:
    headers = {
        "WARC-Type": kind,
        "WARC-Record-ID": name,
        "WARC-Date": at.strftime(_MOMENT),
        **({"WARC-Target-URI": "".join(url.split())} if url is not None else {}),
        "WARC-Block-Digest": _digest(block),
        **more,
        "Content-Type": content,
        "Content-Length": str(len(block)),
    }
    lines = "".join(f"{field}: {value}\r\n" for field, value in headers.items())
    return f"WARC/1.1\r\n{lines}\r\n".encode("utf-8", "replace"), block, _END


def _name() -> str:
    return f"<{UUID(bytes=os.urandom(16), version=4).urn}>"


def _digest(block: Buffer) -> str:
    return f"sha1:{b32encode(sha1(block, usedforsecurity=False).digest()).decode()}"


def _fields(values: Mapping[str, str]) -> bytes:
    lines = (f"{name}: {' '.join(value.split())}\r\n" for name, value in values.items() if value)
    return "".join(lines).encode("utf-8", "replace")
