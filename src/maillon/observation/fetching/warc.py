"""One part as one WARC 1.1 file (ISO 28500:2017): everything sent and received, byte for byte, and what was refused.

Responses hold the bytes as they came, codings and chunks included. The payload's digest is SHA-256, by which media are
known; the block's is SHA-1, as archives have it: the vault is what proves that nothing was changed. `warcio` writes
the records; nothing is copied but their headers.
"""

from base64 import b32encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha1, sha256

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import BaseWARCWriter, WARCWriter

from maillon.observation.fetching.fetched import Hop
from maillon.observation.fetching.pieces import Buffer

_HTTP = "application/http; msgtype="
_FIELDS = "application/warc-fields"
_SOFTWARE = "maillon"


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
    pieces = _Pieces()
    writer = WARCWriter(pieces, gzip=False, warc_version="1.1")
    info = {"software": _SOFTWARE, "format": "WARC File Format 1.1", "robots": "ignore"}
    writer.write_record(_record("warcinfo", None, at, _FIELDS, _fields(info)))
    for exchange in exchanges:
        for record in _records(exchange):
            writer.write_record(record)
    return pieces.all


def _records(exchange: Exchange) -> Iterator[ArcWarcRecord]:
    hop = exchange.hop
    named: dict[str, str] = {"WARC-IP-Address": hop.address} if hop.address else {}
    about: dict[str, str] = {}
    if exchange.received:
        body = memoryview(exchange.received)[exchange.head :]
        more = named | ({"WARC-Truncated": exchange.truncated} if exchange.truncated else {})
        if exchange.head:
            more["WARC-Payload-Digest"] = f"sha256:{sha256(body).hexdigest()}"
        kind, content = ("response", _HTTP + "response") if exchange.head else ("resource", "application/octet-stream")
        record = _record(kind, hop.url, hop.at, content, exchange.received, more)
        about = {"WARC-Concurrent-To": record.rec_headers.get_header("WARC-Record-ID")}
        yield record
    if exchange.sent:
        more = {**named, **about, "WARC-Payload-Digest": _sha1(b"")}
        yield _record("request", hop.url, hop.at, _HTTP + "request", exchange.sent, more)
    if exchange.notes:
        yield _record("metadata", hop.url, hop.at, _FIELDS, _fields(exchange.notes), about)


def _record(
    kind: str, url: str | None, at: datetime, content: str, block: Buffer, more: dict[str, str] | None = None
) -> ArcWarcRecord:
    headers = StatusAndHeaders("", [("WARC-Type", kind)], protocol="WARC/1.1")
    headers.add_header("WARC-Record-ID", BaseWARCWriter._make_warc_id())
    headers.add_header("WARC-Date", at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    if url is not None:
        headers.add_header("WARC-Target-URI", "".join(url.encode("utf-8", "replace").decode().split()))
    digest = _sha1(block)
    headers.add_header("WARC-Block-Digest", digest)
    for name, value in ({"WARC-Payload-Digest": digest} | (more or {})).items():
        headers.add_header(name, value)
    record = ArcWarcRecord("warc", kind, headers, _Once(block), None, content, len(block))
    record.payload_length = len(block)
    return record


def _sha1(block: Buffer) -> str:
    return f"sha1:{b32encode(sha1(block, usedforsecurity=False).digest()).decode()}"


def _fields(values: dict[str, str]) -> bytes:
    return "".join(f"{name}: {' '.join(value.split())}\r\n" for name, value in values.items() if value).encode(
        "utf-8", "replace"
    )


class _Once:
    """A block that is read at once, uncopied."""

    def __init__(self, block: Buffer) -> None:
        self._block = self._left = block

    def tell(self) -> int:
        return 0

    def seek(self, _: int) -> None:
        self._left = self._block

    def read(self, _: int) -> Buffer:
        now, self._left = self._left, b""
        return now


class _Pieces:
    """Where the writer writes."""

    def __init__(self) -> None:
        self.all: list[Buffer] = []

    def write(self, piece: Buffer) -> None:
        if piece:
            self.all.append(piece)

    def flush(self) -> None:
        return None
