"""What fetches of items received: one capture each, with its media. What they hold lies in the vault, not here."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, as_json, one, rows, run

Hop = Mapping[str, Any]
"""`url`, `referrer`, `address`, `status`, `location`, `tls`, `at` of one address passed through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMedium:
    """One image or video as it is written down; the columns of `items.models.Medium`."""

    id: UUID
    kind: str
    url: str
    outcome: str
    reason: str = ""
    mime: str = ""
    hops: Sequence[Hop] = ()
    size: int = 0
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    frames: int | None = None
    md5: bytes | None = None
    sha1: bytes | None = None
    sha256: bytes | None = None
    pdq: bytes | None = None
    pdq_quality: int | None = None
    vpdq: Sequence[Sequence[Any]] = ()
    object_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCapture:
    """One capture as it is written down; the columns of `items.models.Capture`, and its media in the page's order."""

    id: UUID
    item_id: UUID
    purpose: str
    asked_by: str
    began_at: datetime
    ended_at: datetime
    outcome: str
    reason: str = ""
    status: int | None = None
    mime: str = ""
    hops: Sequence[Hop] = ()
    size: int = 0
    sha256: bytes | None = None
    text_length: int = 0
    needs_scripts: bool = False
    named: int = 0
    object_id: UUID | None = None
    media: Sequence[NewMedium] = ()


CAPTURE = """id, item_id, purpose, asked_by, began_at, ended_at, outcome, reason, status, mime, hops, size, sha256,
  text_length, needs_scripts, named, object_id"""

MEDIUM = """id, item_id, capture_id, position, kind, url, outcome, reason, mime, hops, size, width, height, seconds,
  frames, md5, sha1, sha256, pdq, pdq_quality, vpdq, object_id"""

KEEP = f"""
INSERT INTO items_capture (house, {CAPTURE})
SELECT %(house)s, id, item_id, purpose, asked_by, began_at, ended_at, outcome, reason, status, mime, hops, size,
  decode(sha256, 'hex'), text_length, needs_scripts, named, object_id
FROM json_to_recordset(%(captures)s::json) AS g(id uuid, item_id uuid, purpose text, asked_by text,
  began_at timestamptz, ended_at timestamptz, outcome text, reason text, status smallint, mime text, hops jsonb,
  size bigint, sha256 text, text_length int, needs_scripts boolean, named int, object_id uuid)
"""

KEEP_MEDIA = f"""
INSERT INTO items_medium (house, {MEDIUM})
SELECT %(house)s, id, item_id, capture_id, position, kind, url, outcome, reason, mime, hops, size, width, height,
  seconds, frames, decode(md5, 'hex'), decode(sha1, 'hex'), decode(sha256, 'hex'), decode(pdq, 'hex'), pdq_quality,
  vpdq, object_id
FROM json_to_recordset(%(media)s::json) AS g(id uuid, item_id uuid, capture_id uuid, position int, kind text, url text,
  outcome text, reason text, mime text, hops jsonb, size bigint, width int, height int, seconds float8, frames int,
  md5 text, sha1 text, sha256 text, pdq text, pdq_quality smallint, vpdq jsonb, object_id uuid)
"""


def keep_captures(*, captures: Sequence[NewCapture], by: Actor) -> None:
    """Write captures and their media down: two statements for any number. The caller locked their items."""
    if not captures:
        return
    media = [
        {**_plain(medium), "item_id": one.item_id, "capture_id": one.id, "position": position}
        for one in captures
        for position, medium in enumerate(one.media)
    ]
    run(KEEP, {"house": by.house, "captures": as_json([_plain(one) for one in captures])})
    if media:
        run(KEEP_MEDIA, {"house": by.house, "media": as_json(media)})


def _plain(given: NewCapture | NewMedium) -> dict[str, Any]:
    """The columns as JSON takes them: digests in hexadecimal, no NUL in any text (PostgreSQL holds none)."""
    found = {field.name: getattr(given, field.name) for field in fields(given) if field.name != "media"}
    return {name: _value(value) for name, value in found.items()}


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, Mapping):
        return {str(key): _value(one) for key, one in value.items()}
    return [_value(one) for one in value] if isinstance(value, list | tuple) else value


def hop_of(hop: Any) -> dict[str, Any]:
    """A hop of a fetch (a dataclass with these fields) as it is written down."""
    return dict(asdict(hop))


def captures_of(*, item_ids: Sequence[UUID]) -> list[Row]:
    """The captures of these items, newest first: the columns of `items.models.Capture`."""
    return rows(
        f"SELECT {CAPTURE}, purged_at FROM items_capture WHERE item_id = ANY(%s) ORDER BY began_at DESC, id DESC",
        [list(item_ids)],
    )


def capture(*, id: UUID) -> Row | None:
    """The capture with this id, in the shape of `captures_of`."""
    return one(f"SELECT {CAPTURE}, purged_at FROM items_capture WHERE id = %s", [id])


def media_of(*, capture_ids: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The media of each capture in the order in which the page names them: the columns of `items.models.Medium`."""
    found: dict[UUID, list[Row]] = {id: [] for id in capture_ids}
    statement = f"SELECT {MEDIUM}, purged_at FROM items_medium WHERE capture_id = ANY(%s) ORDER BY capture_id, position"
    for row in rows(statement, [list(capture_ids)]):
        found[row["capture_id"]].append(row)
    return found


def medium(*, id: UUID) -> Row | None:
    """The medium with this id, in the shape of `media_of`."""
    return one(f"SELECT {MEDIUM}, purged_at FROM items_medium WHERE id = %s", [id])


# Where the page's object went, whatever was only tried for that item until then goes with it.
FORGET = """
WITH gone AS (
  SELECT c.item_id, max(c.ended_at) AS until FROM items_capture c
  WHERE c.object_id = ANY(%(objects)s)
    OR EXISTS (SELECT 1 FROM items_medium m WHERE m.house = c.house AND m.capture_id = c.id
      AND m.object_id = ANY(%(objects)s))
  GROUP BY c.item_id
)
UPDATE items_capture c SET hops = '[]', text_length = 0, object_id = NULL, purged_at = %(at)s,
  sha256 = CASE WHEN c.object_id = ANY(%(erased)s) THEN NULL ELSE sha256 END
FROM gone WHERE c.item_id = gone.item_id AND c.purged_at IS NULL
  AND (c.object_id = ANY(%(objects)s) OR (c.object_id IS NULL AND c.ended_at <= gone.until))
"""

FORGET_MEDIA = """
UPDATE items_medium m SET url = '', hops = '[]', object_id = NULL, purged_at = %(at)s,
  md5 = CASE WHEN keeps THEN md5 END, sha1 = CASE WHEN keeps THEN sha1 END, sha256 = CASE WHEN keeps THEN sha256 END,
  pdq = CASE WHEN keeps THEN pdq END, pdq_quality = CASE WHEN keeps THEN pdq_quality END,
  vpdq = CASE WHEN keeps THEN vpdq ELSE '[]' END
FROM (
  SELECT g.id, g.object_id IS NULL OR NOT g.object_id = ANY(%(erased)s) AS keeps FROM items_medium g
  JOIN items_capture c ON c.house = g.house AND c.id = g.capture_id
  WHERE g.purged_at IS NULL AND (g.object_id = ANY(%(objects)s) OR (g.object_id IS NULL AND c.purged_at = %(at)s))
) gone WHERE m.id = gone.id
"""


def forget(*, object_ids: Sequence[UUID], without_hashes: Sequence[UUID], at: datetime) -> int:
    """Erase what was written down of purged objects: addresses, hops, length of text; hashes of `without_hashes` too.

    Outcomes, reasons, sizes and times stay: they say that there was something, and what became of it. How many captures
    and media were touched. Safe to repeat. Source: rules/tables/retention.toml
    """
    given = {"objects": list(object_ids), "erased": list(without_hashes), "at": at}
    return run(FORGET, given) + run(FORGET_MEDIA, given)
