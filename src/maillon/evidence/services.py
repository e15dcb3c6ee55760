"""Write down what was sealed, and open what is kept. The keys to which it is sealed: `recipients`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.errors import Gone, NotYours
from maillon.evidence.recipients import recipients as recipients
from maillon.evidence.retention import NEVER_SETTLED, expiry
from maillon.evidence.vault import Sealed, Vault
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import as_json, one, rows, run

OWN = {"hotline": "hotline"}
"""Which kind of recipient a house is itself."""

KEPT_ALREADY = """
UPDATE evidence_object o SET expires_at = %(expires_at)s, rule = %(rule)s::jsonb
FROM (
  SELECT DISTINCT ON (e.content) e.id, g.n
  FROM json_to_recordset(%(given)s::json) AS g(n int, content text, recipients uuid[])
  JOIN evidence_object e ON e.content = g.content AND e.purge_id IS NULL
  WHERE NOT EXISTS (
    SELECT 1 FROM unnest(g.recipients) r(id)
    WHERE NOT EXISTS (
      SELECT 1 FROM evidence_wrap w WHERE w.object_id = e.id AND w.recipient_id = r.id AND w.due_at IS NULL))
  ORDER BY e.content, e.id
) found
WHERE o.id = found.id AND o.purge_id IS NULL
RETURNING o.id, found.n
"""

KEEP = """
INSERT INTO evidence_object (house, id, name, content, about, kind, size, sealed_size, digest, kept_at, expires_at,
  rule)
SELECT %(house)s, id, name, content, about, kind, size, sealed_size, decode(digest, 'hex'), %(at)s, %(expires_at)s,
  %(rule)s::jsonb
FROM json_to_recordset(%(given)s::json) AS g(id uuid, name text, content text, about uuid, kind text, size bigint,
  sealed_size bigint, digest text)
"""

WRAP = """
INSERT INTO evidence_wrap (house, id, object_id, recipient_id, wrapped, wrapped_at)
SELECT %(house)s, id, object_id, recipient_id, decode(wrapped, 'hex'), %(at)s
FROM json_to_recordset(%(given)s::json) AS g(id uuid, object_id uuid, recipient_id uuid, wrapped text)
"""

FIND = """
SELECT o.name, o.purge_id, w.wrapped, w.due_at FROM evidence_object o
LEFT JOIN (evidence_wrap w JOIN evidence_recipient r ON r.house = w.house AND r.id = w.recipient_id)
  ON w.house = o.house AND w.object_id = o.id AND r.kind = %(kind)s AND (w.due_at IS NULL OR w.due_at > %(at)s)
WHERE o.id = %(id)s ORDER BY r.retired_at NULLS FIRST
"""


def keep(*, sealed: Sequence[Sealed], by: Actor, at: datetime) -> list[UUID]:
    """Write down what was sealed, inside the caller's transaction; the objects' ids, in order.

    The same bytes of the same item are one object, as long as everybody to whom they were sealed now can open it. The
    caller has locked the items and found them still open. Source: rules/tables/retention.toml
    """
    if not sealed:
        return []
    with acting(by):
        check(by, Permission.RUN_WORK)
        if any(one.house != by.house for one in sealed):
            raise BadInput(f"What was sealed for another house cannot be kept in {by.house}.")
        point("keep: begun")
        term = expiry(NEVER_SETTLED, at)
        terms = {"house": by.house, "at": at, "expires_at": term.at, "rule": as_json_of(term.rule)}
        known = _kept_already(sealed, terms)
        new = list({one.content: one for one in sealed if one.content not in known}.values())
        known |= dict(zip((one.content for one in new), uuid7s(at, len(new)), strict=True))
        if new:
            _write(new, known, terms, at)
            point("keep: written")
            record(_told(new, at), by=by, at=at)
        return [known[one.content] for one in sealed]


def open_object(*, object_id: UUID, vault: Vault, by: Actor, at: datetime) -> bytes:
    """What the object holds, by this house's own key. The caller records why it is opened.

    Raises NotAllowed, Gone where it was purged, NotYours where this house can open it no more, Damaged, StoreFailed.
    """
    kind = OWN.get(by.house, "")
    with acting(by):
        check(by, Permission.LOOK)
        found = one(FIND + " LIMIT 1", {"id": object_id, "kind": kind, "at": at})
    if found is None or found["purge_id"] is not None:
        raise Gone("What was fetched is kept no more: its term is over; fetch it again where it still matters.")
    if found["wrapped"] is None:
        raise NotYours("The item was settled, and this house's key to what was fetched destroyed; only the police "
                       "and the public prosecutor can open it.")  # fmt: skip
    return vault.open(found["name"], bytes(found["wrapped"]), kind)


def as_json_of(rule: Mapping[str, Any]) -> str:
    return as_json([rule])[1:-1]


def _kept_already(sealed: Sequence[Sealed], terms: Mapping[str, object]) -> dict[str, UUID]:
    given = [
        {"n": n, "content": one.content, "recipients": [str(id) for id, _ in one.wraps]} for n, one in enumerate(sealed)
    ]
    found = rows(KEPT_ALREADY, {**terms, "given": as_json(given)})
    return {sealed[row["n"]].content: row["id"] for row in found}


def _write(new: Sequence[Sealed], ids: Mapping[str, UUID], terms: Mapping[str, object], at: datetime) -> None:
    objects = [
        {
            "id": ids[one.content], "name": one.name, "content": one.content, "about": one.about, "kind": one.kind,
            "size": one.size, "sealed_size": one.sealed_size, "digest": one.digest.hex(),
        }
        for one in new
    ]  # fmt: skip
    wraps = [(ids[one.content], to, wrapped) for one in new for to, wrapped in one.wraps]
    given = [
        {"id": id, "object_id": object_id, "recipient_id": to, "wrapped": wrapped.hex()}
        for id, (object_id, to, wrapped) in zip(uuid7s(at, len(wraps)), wraps, strict=True)
    ]
    run(KEEP, {**terms, "given": as_json(objects)})
    point("keep: objects written")
    run(WRAP, {**terms, "given": as_json(given)})


def _told(new: Sequence[Sealed], at: datetime) -> list[NewEvent]:
    told = []
    for about, of in groupby(sorted(new, key=lambda one: one.about), key=lambda one: one.about):
        found = list(of)
        to = sorted({str(id) for one in found for id, _ in one.wraps})
        body = {"objects": len(found), "size": sum(one.size for one in found), "recipients": to}
        told.append(NewEvent(kind=events.KEPT, item=about, body=body, happened_at=at))
    return told
