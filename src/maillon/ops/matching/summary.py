"""The page of a run: its figures, how far the matches are, what could not be read. One file, without script.

It holds no hash, and no name of a file but those that were given: it can be shown to whoever need not see them.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import maillon
from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput
from maillon.matching.hashes import types
from maillon.ops.matching.plot import svg
from maillon.ops.matching.tally import Tally
from maillon.ops.matching.telling import printable

STYLES = Path(maillon.__file__).parent / "web/static/web"
PAGE = Path(__file__).parent / "summary.html"
WIDE, NARROW = 540, 250  # of the plot, in CSS pixels
SHOWN = 20  # paths
OWN = """
.beside { display: grid; gap: var(--gap-l); align-items: start; }
@media (min-width: 60rem) { .beside { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); } }
.plot svg { display: block; max-width: 100%; height: auto; }
.narrow-plot { display: none; }
@media (max-width: 40rem) { .wide-plot { display: none; } .narrow-plot { display: block; } }
.tall { max-height: 22rem; overflow: auto; }
.paths li { overflow-wrap: anywhere; }
.pair section + section { margin-top: 0; }
.numbers th code { white-space: nowrap; }
section > h3 { margin-top: var(--gap-m); }
section > table + table, section > div + table { margin-top: var(--gap-m); }
"""
KINDS = {
    "image": "images", "video": "videos", "archive": "archives", "other": "other files", "hash": "hashes of lists",
    "": "not opened",
}  # fmt: skip
REASONS = {
    "unreadable": "could not be opened, or not read to its end",
    "gone": "was not there any more, or a link leads to nothing",
    "leads_out": "a link that leads out of the folder",
    "no_file": "no file: a device, a pipe or a socket",
    "no_hash": "a line of a list that holds no hash",
    "unsupported": "a form of image, video or archive that is not read",
    "truncated": "ends before it should",
    "corrupt": "is not what it says it is",
    "too_large": "is larger than what is decoded; its exact hashes were matched",
    "too_small": "a picture of too few pixels; its exact hashes were matched",
    "too_long": "took too long",
    "too_deep": "an archive in an archive in an archive",
    "bomb": "an archive that unpacks to more than is believed",
    "encrypted": "a member of an archive that is encrypted",
    "decoder_died": "the process that decoded it ended over it",
    "reader_died": "the process that unpacked it ended over it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a page is about. `held`: how many hashes the index held, by type."""

    tally: Tally
    paths: Sequence[str]
    radius: int | None
    held: Mapping[str, int]
    at: datetime


def write(path: Path, ran: Ran) -> None:
    """Write the page. Raises BadInput where it cannot be written."""
    try:
        path.write_text(page(ran), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from None


def page(ran: Ran) -> str:
    """The page as HTML."""
    from django.template import Context, Engine  # its templates alone; nothing of it is set up

    style = "".join((STYLES / f"{name}.css").read_text("utf-8") for name in ("tokens", "frame", "content")) + OWN
    allowed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    template = Engine().from_string(PAGE.read_text("utf-8"))
    told = {"style": style, "style_digest": allowed, **_told(ran)}
    return template.render(Context(told, use_l10n=False, use_tz=False))


def _told(ran: Ran) -> dict[str, Any]:
    tally, most = ran.tally, _most(ran)
    near = {type: row for type, row in tally.distances.items() if types()[type].radius is not None}
    hashes = tally.asked["hash"]
    return {
        "at": ran.at.astimezone(BRUSSELS).strftime("%d/%m/%Y %H:%M"),
        "headline": [
            (text, _number(count))
            for text, count in (
                ("Files", tally.asked.total() - hashes), ("Hashes of lists", hashes),
                ("With a match", tally.matched.total()), ("Not read", tally.refused.total()),
            )
        ],
        "plots": [("wide", svg(near, most=most, width=WIDE)), ("narrow", svg(near, most=most, width=NARROW))]
        if near else [],
        "says": _says(near),
        "distances": _table(near),
        "exact": [(type, _number(row.total())) for type, row in sorted(tally.distances.items()) if type not in near],
        "banks": [
            (printable(bank), ", ".join(f"{type} {_number(n)}" for type, n in sorted(row.items())))
            for bank, row in sorted(tally.banks.items())
        ],
        "kinds": [
            (KINDS.get(kind, kind), _number(tally.asked[kind]), _number(tally.matched[kind]))
            for kind in KINDS if tally.asked[kind]
        ],
        "reasons": [(why, REASONS.get(why, ""), _number(n)) for why, n in tally.refused.most_common()],
        "paths": [printable(path) for path in ran.paths[:SHOWN]],
        "more": max(len(ran.paths) - SHOWN, 0),
        "radius": f"{most} bits" + ("" if ran.radius is not None else ", unless the type has another"),
        "held": [(type, _number(count)) for type, count in sorted(ran.held.items())],
    }  # fmt: skip


def _most(ran: Ran) -> int:
    if ran.radius is not None:
        return ran.radius
    return max(known.radius or 0 for known in types().values())


def _says(near: Mapping[str, Mapping[int, int]]) -> str:
    """The picture in a sentence."""
    by_distance: dict[int, int] = {}
    for row in near.values():
        for distance, count in row.items():
            by_distance[distance] = by_distance.get(distance, 0) + count
    if not by_distance:
        return ""
    most = max(by_distance, key=lambda distance: (by_distance[distance], -distance))
    total = _number(sum(by_distance.values()))
    return f"{total} matches of pictures, the most at a distance of {most} ({_number(by_distance[most])})."


def _table(near: Mapping[str, Mapping[int, int]]) -> dict[str, Any]:
    names = sorted(near)
    each = sorted({distance for row in near.values() for distance in row})
    return {"head": names, "rows": [(str(d), [_number(near[name].get(d, 0)) for name in names]) for d in each]}


def _number(count: int) -> str:
    return f"{count:,}".replace(",", "\u202f")
