"""Known content among what was fetched: looked up by its hashes, written down with the item, told to the queue.

A match is a reason to look, and no decision: hashes of different pictures may be near each other.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import UUID

from maillon.items.captures import NewCapture, NewMedium
from maillon.items.captures import forget as forget_captures
from maillon.kernel.ids import uuid7s
from maillon.matching.answers import Match
from maillon.matching.errors import IndexDamaged, NoIndex
from maillon.matching.opened import opened
from maillon.observation import events
from maillon.observation.hashes import Hash, hashes_of
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent
from maillon.outbox.sql import Row, as_json, rows, run

CLEAR = 50
"""The least quality of a perceptual hash that tells pictures apart; `threatexchange` drops those of less."""
KEPT = 100
"""Matches of one medium that are written down: the nearest."""
EXACT = ("md5", "sha1", "sha256")

log = logging.getLogger("maillon.fetches")
LookUp = Callable[[Sequence[tuple[str, str]]], Sequence[Sequence[Match]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One entry of a bank that a medium matches. `clear`: by an exact hash, or one with detail enough to tell.

    Of a video: so many `frames`, the nearest at `second`.
    """

    medium_id: UUID
    type: str
    distance: int
    bank: str
    entry: int
    quality: int | None
    clear: bool
    frames: int
    second: float | None


def nothing_known(hashes: Sequence[tuple[str, str]]) -> Sequence[Sequence[Match]]:
    """Where there is no index: no hash has a match."""
    return [[] for _ in hashes]


def known_in(folder: Path) -> LookUp:
    """What looks hashes up in the index of `folder`, at the moment it is asked; nothing is known while there is none.

    A damaged index stops no fetch: it is logged as an error, and nothing is known meanwhile.
    """

    def look_up(hashes: Sequence[tuple[str, str]]) -> Sequence[Sequence[Match]]:
        try:
            return opened(folder).match_many(hashes)
        except NoIndex:
            return nothing_known(hashes)
        except IndexDamaged as damage:
            log.error("what is fetched cannot be compared with known content: %s", damage)
            return nothing_known(hashes)

    return look_up


def known_of(medium: NewMedium, look_up: LookUp) -> list[Known]:
    """The entries that a medium matches, the nearest first; of a video each entry once, by its nearest frame.

    Frames without detail are not looked up: a black one matches every other.
    """
    asked = [one for one in hashes_of(medium) if one.type != "vpdq" or (one.quality or 0) >= CLEAR]
    found = look_up([(one.type, one.digits) for one in asked]) if asked else []
    nearest: dict[tuple[str, str, int], Known] = {}
    for each, matches in zip(asked, found, strict=True):
        for key, match in {(one.type, one.bank, one.entry): one for one in reversed(matches)}.items():
            new, before = _known(medium.id, each, match), nearest.get(key)
            best = new if before is None or new.distance < before.distance else before
            nearest[key] = replace(best, frames=(before.frames if before else 0) + new.frames)
    return sorted(nearest.values(), key=_near)[:KEPT]


def _known(medium: UUID, asked: Hash, match: Match) -> Known:
    return Known(
        medium_id=medium,
        type=match.type,
        distance=match.distance,
        bank=match.bank,
        entry=match.entry,
        quality=match.quality,
        clear=asked.type in EXACT or (asked.quality or 0) >= CLEAR,
        frames=int(asked.type == "vpdq"),
        second=asked.second,
    )


def _near(known: Known) -> tuple[bool, int, str, str, int]:
    """Exact hashes first, then by distance."""
    return known.type not in EXACT, known.distance, known.type, known.bank, known.entry


KEEP = """
INSERT INTO observation_knownmatch (house, id, item_id, capture_id, medium_id, type, distance, bank, entry, quality,
  clear, frames, second, found_at)
SELECT %(house)s, g.id, g.item_id, g.capture_id, g.medium_id, g.type, g.distance, g.bank, g.entry, g.quality,
  g.clear, g.frames, g.second, %(at)s
FROM json_to_recordset(%(known)s::json) AS g(id uuid, item_id uuid, capture_id uuid, medium_id uuid, type text,
  distance smallint, bank text, entry bigint, quality smallint, clear boolean, frames int, second float8)
"""


def keep_known(*, found: Iterable[tuple[NewCapture, Sequence[Known]]], by: Actor, at: datetime) -> list[NewEvent]:
    """Write down what is known of captures that were just kept; the events to be recorded, one of each that has any.

    One statement. The caller holds the items' locks.
    """
    every = [(capture, known) for capture, known in found if known]
    plain = [
        {**asdict(one), "item_id": capture.item_id, "capture_id": capture.id}
        for capture, known in every
        for one in known
    ]
    if plain:
        ids = uuid7s(at, len(plain))
        run(
            KEEP,
            {"house": by.house, "at": at, "known": as_json([{**o, "id": i} for o, i in zip(plain, ids, strict=True)])},
        )
    return [_found(capture, known, at) for capture, known in every]


def _found(capture: NewCapture, known: Sequence[Known], at: datetime) -> NewEvent:
    equal = {one.medium_id for one in known if one.type in EXACT}
    alike = {one.medium_id for one in known if one.clear} - equal
    body = {
        "capture": str(capture.id),
        "media": len({one.medium_id for one in known}),
        "equal": len(equal),
        "alike": len(alike),
        "matches": len(known),
        "distance": min(one.distance for one in known),
    }
    return NewEvent(kind=events.KNOWN_FOUND, item=capture.item_id, body=body, happened_at=at)


MATCHES = """
SELECT id, capture_id, medium_id, type, distance, bank, entry, quality, clear, frames, second, found_at
FROM observation_knownmatch WHERE capture_id = ANY(%s)
ORDER BY type <> ALL(%s), distance, type, bank, entry, id
"""


def known_matches(*, capture_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """What was found known of each capture's media, the nearest first: the columns of `models.KnownMatch`."""
    found: dict[UUID, list[Row]] = {id: [] for id in capture_ids}
    for row in rows(MATCHES, [list(capture_ids), list(EXACT)]):
        found[row["capture_id"]].append(row)
    return found


FORGET = """
DELETE FROM observation_knownmatch k USING items_medium m
WHERE m.house = k.house AND m.id = k.medium_id AND m.purged_at = %(at)s AND m.sha256 IS NULL
"""


def forget(*, object_ids: Sequence[UUID], without_hashes: Sequence[UUID], at: datetime) -> int:
    """As `items.captures.forget`; of media whose hashes are erased, also what they matched."""
    count = forget_captures(object_ids=object_ids, without_hashes=without_hashes, at=at)
    return count + run(FORGET, {"at": at})
