"""Look up where items are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.observation.conclude import Reason
from maillon.observation.finding import Known, way_of
from maillon.outbox.sql import Row, one, rows

LATEST = """
SELECT DISTINCT ON (item_id) id, item_id, observed_at, country, reason, method, stated_by, statement, asns, seen, chain,
  hops, confidence, origin
FROM observation_location WHERE item_id = ANY(%s) AND reason <> 'origin_told'
ORDER BY item_id, method = 'person' DESC, observed_at DESC, id DESC
"""

LOOKED = """
SELECT DISTINCT ON (item_id) item_id, method, reason, origin, seen
FROM observation_location WHERE item_id = ANY(%s) AND method <> 'person' AND reason <> 'no_answer'
ORDER BY item_id, observed_at DESC, id DESC
"""

CAPTURES = """
SELECT DISTINCT ON (item_id) id, item_id, hops FROM items_capture WHERE item_id = ANY(%s) AND outcome = 'ok'
ORDER BY item_id, began_at DESC, id DESC
"""

LOOKUPS = """
SELECT DISTINCT ON (item_id) item_id, state, due_at, attempts, done_at FROM observation_lookup
WHERE item_id = ANY(%s) ORDER BY item_id, state <> 'done' DESC, done_at DESC, id DESC
"""


def latest_locations(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Where each item is taken to be: as a person last stated, else as the sources last said."""
    return {row["item_id"]: row for row in rows(LATEST, [list(item_ids)])}


def locations(*, item_id: UUID) -> list[Row]:
    """Every location of an item, latest first."""
    return rows("SELECT * FROM observation_location WHERE item_id = %s ORDER BY observed_at DESC, id DESC", [item_id])


def known_of(*, item_ids: Sequence[UUID]) -> dict[UUID, Known]:
    """What a lookup of each item starts from: the origin that stands, and the way its latest capture was led."""
    looked = {row["item_id"]: row for row in rows(LOOKED, [list(item_ids)])}
    captures = {row["item_id"]: row for row in rows(CAPTURES, [list(item_ids)])}
    return {id: _known(looked.get(id), captures.get(id)) for id in looked.keys() | captures.keys()}


def _known(looked: Row | None, capture: Row | None) -> Known:
    way = way_of(capture["hops"]) if capture else ()
    from_capture = capture["id"] if capture and way else None
    if looked is None or looked["method"] != "origin":
        return Known(capture=from_capture, way=way)
    before = (one["asn"] for one in looked["seen"] if one["role"] == "name" and one["asn"])
    front = None if looked["reason"] == Reason.origin_told else frozenset(before)
    return Known(origin=looked["origin"], front=front, capture=from_capture, way=way)


def lookups_of(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The open lookup of each item (`state`, `due_at`, `attempts`), else the one that ended last (`done_at`)."""
    return {row["item_id"]: row for row in rows(LOOKUPS, [list(item_ids)])}


def any_lookup_due(*, at: datetime) -> bool:
    """Whether a lookup waits that is due."""
    found = one("SELECT 1 FROM observation_lookup WHERE state = 'waiting' AND due_at <= %s LIMIT 1", [at])
    return found is not None


def any_contact_due(*, at: datetime) -> bool:
    """Whether a question for an abuse contact waits that is due."""
    found = one("SELECT 1 FROM observation_contactlookup WHERE state = 'waiting' AND due_at <= %s LIMIT 1", [at])
    return found is not None
