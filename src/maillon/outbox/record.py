"""Record events: the trace of every change, written in the change's own transaction, with its deliveries."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import orjson

from maillon.kernel.errors import BadInput
from maillon.kernel.ids import Entropy, uuid7s
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor
from maillon.outbox.canonical import canonical
from maillon.outbox.registry import handlers_of
from maillon.outbox.sql import as_json, run

SALT = 16

INSERT = """
WITH given AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(events)s::json) AS g(n int, uid uuid, kind text, version smallint, item uuid,
    cause uuid, rule text, happened_at timestamptz, digest text, leaf text, salt text, body text)
), written AS (
  INSERT INTO outbox_event (house, uid, kind, version, item, actor, organisation, cause, rule, happened_at,
    recorded_at, body_digest, leaf, xid)
  SELECT %(house)s, uid, kind, version, item, %(actor)s, %(organisation)s, cause, rule, happened_at, %(recorded_at)s,
    decode(digest, 'hex'), decode(leaf, 'hex'), pg_current_xact_id()::text::bigint
  FROM given ORDER BY n
  RETURNING id, uid, kind, item
), bodies AS (
  INSERT INTO outbox_eventbody (house, event_id, salt, body)
  SELECT %(house)s, written.id, decode(given.salt, 'hex'), convert_to(given.body, 'UTF8')
  FROM written JOIN given USING (uid)
)
INSERT INTO outbox_delivery (house, event_id, handler, item, state, due_at, attempts, error)
SELECT %(house)s, written.id, handed.handler, written.item, 'due', %(recorded_at)s, 0, ''
FROM written JOIN unnest(%(handed_kind)s::text[], %(handler)s::text[]) AS handed(kind, handler)
  ON handed.kind = written.kind
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEvent:
    """An event to be recorded. `happened_at` may lie before now for what was brought in from elsewhere."""

    kind: Kind
    item: UUID | None
    body: Mapping[str, object]
    happened_at: datetime
    cause: UUID | None = None
    rule: str = ""


def record(events: Sequence[NewEvent], *, by: Actor, at: datetime, entropy: Entropy = os.urandom) -> list[UUID]:
    """Write `events` in this order, each with its body and one delivery per handler; their uids.

    One statement for any number. The caller has locked every item it speaks of. `at` is when it is recorded.
    Raises BadInput when a body does not have exactly the fields its kind names.
    """
    if not events:
        return []
    written = written_of(events, by=by, at=at, entropy=entropy)
    given = [
        {
            "n": n,
            "uid": one.uid,
            "kind": event.kind.name,
            "version": event.kind.version,
            "item": event.item,
            "cause": event.cause,
            "rule": event.rule,
            "happened_at": event.happened_at,
            "digest": one.digest.hex(),
            "leaf": one.leaf.hex(),
            "salt": one.salt.hex(),
            "body": one.body.decode(),
        }
        for n, (event, one) in enumerate(zip(events, written, strict=True))
    ]
    handed = [(k, h) for k in {e.kind.name for e in events} for h in handlers_of(by.house, k)]
    run(
        INSERT,
        {
            "house": by.house,
            "actor": by.name,
            "organisation": by.organisation,
            "recorded_at": at,
            "events": as_json(given),
            "handed_kind": [k for k, _ in handed],
            "handler": [h for _, h in handed],
        },
    )
    return [one.uid for one in written]


class Written(NamedTuple):
    """What an event gets when it is recorded. `digest` is SHA-256 of `salt` and `body`; see `leaf`."""

    uid: UUID
    salt: bytes
    body: bytes
    digest: bytes
    leaf: bytes


def written_of(events: Sequence[NewEvent], *, by: Actor, at: datetime, entropy: Entropy = os.urandom) -> list[Written]:
    """What is written with each event. Raises BadInput when a body does not have exactly the fields its kind names."""
    uids = uuid7s(at, len(events), entropy)
    salts = entropy(SALT * len(events))
    recorded, found = stamp(at), []
    for n, (event, uid) in enumerate(zip(events, uids, strict=True)):
        if tuple(event.body) != event.kind.fields:
            raise BadInput(f"The body of {event.kind.name} must have the fields {event.kind.fields}, in this order.")
        salt = salts[SALT * n : SALT * (n + 1)]
        body = canonical(event.body)
        digest = hashlib.sha256(salt + body).digest()
        found.append(Written(uid, salt, body, digest, leaf(event, uid=uid, by=by, recorded_at=recorded, digest=digest)))
    return found


def leaf(event: NewEvent, *, uid: UUID, by: Actor, recorded_at: str, digest: bytes) -> bytes:
    """The Merkle leaf hash (RFC 9162 §2.1.1: SHA-256 of 0x00 and the entry) of an event's row.

    The entry is the canonical JSON list of the columns in the order below. The row's `id` and `xid` are left out:
    the database gives them, and the place in the log is written elsewhere. `recorded_at` is a `stamp`.
    """
    entry: list[object] = [
        uid,
        by.house,
        event.kind.name,
        event.kind.version,
        event.item,
        by.name,
        by.organisation,
        event.cause,
        event.rule,
        stamp(event.happened_at),
        recorded_at,
        digest.hex(),
    ]
    return hashlib.sha256(b"\x00" + orjson.dumps(entry)).digest()


def stamp(at: datetime) -> str:
    """An aware moment as text in UTC with microseconds, as it stands in ledger entries and messages."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
