"""Parts over the pipe: the worker writes frames, and the parent takes nothing from one that does not fit its shape."""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from maillon.decoding.frames import Frame, Garbage
from maillon.observation.fetching.egress import MIB, Egress, Limits
from maillon.observation.fetching.fetched import LONGEST_TEXT, Hop, Part, Tls
from maillon.observation.fetching.pieces import Piece, Summary
from maillon.observation.fetching.refusals import Refusal, outcome
from maillon.observation.resolve import Endpoint

_LONGEST = 8_192
_AT_ONCE = 4 * MIB
"""Bytes that are put together before they are written: many small writes would wake the parent for each."""
_MIME = re.compile(r"[\w!#$&^.+*-]+/[\w!#$&^.+*-]+|[\w!#$&^.+*-]*", re.ASCII)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_REASONS = frozenset(Refusal) | {""}
_TLS = frozenset(Tls)


GRACE = 2.0
"""Seconds after its limit in which a worker may still tell what it has; then it ends by itself, or is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What every worker of a pool is told, once."""

    egress: Egress
    limits: Limits
    resolver: Endpoint | None


def frame_of(told: Piece | Summary) -> Frame:
    """`told` as it goes over the pipe; blobs are the archive file's pieces and then the body, if it stands apart."""
    if isinstance(told, Summary):
        return Frame({"summary": asdict(told)})
    hops = [[h.url, h.referrer, h.address, h.status, h.location, h.tls, h.at.isoformat()] for h in told.hops]
    header = {
        "part": [told.kind, told.url, told.reason, told.status, told.mime],
        "hops": hops,
        "within": told.within,
    }
    pieces = told.warc
    if sum(len(piece) for piece in pieces) <= _AT_ONCE:
        pieces = [b"".join(pieces)]
    return Frame(header, (*pieces, told.body))  # type: ignore[arg-type]  # any buffer is written


def told_by(frame: Frame) -> Part | Summary | Refusal:
    """What a frame says; a Refusal where the worker gives up. Raises Garbage."""
    header = frame.header
    try:
        if "part" in header:
            return _part(header, frame.blobs)
        if "summary" in header:
            return _summary(header["summary"])
        return Refusal(header["ended"])
    except (KeyError, TypeError, ValueError):
        raise Garbage from None


def _part(header: dict[str, Any], blobs: Sequence[bytes]) -> Part:
    kind, url, reason, status, mime = header["part"]
    hops = tuple(_hop(*hop) for hop in header["hops"])
    within = header["within"]
    _must(kind in ("page", "image", "video") and reason in _REASONS and bool(blobs) and len(hops) <= 100)
    _must(_is_text(url) and _is_text(mime) and (status is None or _is_status(status)))
    warc, body = b"".join(blobs[:-1]), blobs[-1]
    if within is not None:
        _must(isinstance(within, list) and len(within) == 2 and all(type(n) is int and n >= 0 for n in within))
        _must(sum(within) <= len(warc))
        body = warc[within[0] : sum(within)]
    sound = mime if _MIME.fullmatch(mime) else ""
    return Part(kind, url, outcome(reason), reason, hops, status, sound, b"" if reason else body, warc)


def _hop(url: Any, referrer: Any, address: Any, status: Any, location: Any, tls: Any, at: Any) -> Hop:
    _must(all(_is_text(text) for text in (url, referrer, address, location)) and tls in _TLS)
    _must(status is None or _is_status(status))
    moment = datetime.fromisoformat(at)
    _must(moment.tzinfo is not None)
    return Hop(url, referrer, address, status, location, tls, moment)


def _summary(said: Any) -> Summary:
    _must(isinstance(said, dict) and set(said) == {"needs_scripts", "text", "named"})
    summary = Summary(**said)
    _must(type(summary.needs_scripts) is bool and type(summary.named) is int and summary.named >= 0)
    _must(isinstance(summary.text, str) and len(summary.text) <= LONGEST_TEXT and _is_storable(summary.text))
    return summary


def _is_text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and _is_storable(value)


def _is_storable(text: str) -> bool:
    """Whether a database can hold it."""
    return not _UNSTORABLE.search(text)


def _is_status(value: object) -> bool:
    return type(value) is int and 100 <= value <= 999


def _must(sound: bool) -> None:
    if not sound:
        raise Garbage
