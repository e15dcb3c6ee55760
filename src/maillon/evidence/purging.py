"""The purge: what is past its term goes, from the vault first and then from the books; a tombstone stays.

Killed at any point and run again, it goes on where it was: what it has taken is marked, bytes can be deleted twice, and
rows, keys and tombstones change in one transaction. A hold that comes later finds what was taken gone already.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.vault import Vault
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, one, rows, run

BATCH = 500
Advance = Callable[[int], None]

FREE = "NOT EXISTS (SELECT 1 FROM evidence_legalhold h WHERE h.about = o.about AND h.ended_at IS NULL)"
ANY = f"""
SELECT EXISTS (SELECT 1 FROM evidence_object o WHERE expires_at <= %(now)s AND {FREE})
  OR EXISTS (SELECT 1 FROM evidence_purge WHERE ended_at IS NULL) AS due
"""
RUNNING = "SELECT id FROM evidence_purge WHERE ended_at IS NULL ORDER BY began_at LIMIT 1"
BEGIN = "INSERT INTO evidence_purge (house, id, began_at, counts) VALUES (%s, %s, %s, %s::jsonb)"
EXPIRED = f"""
SELECT id FROM evidence_object o WHERE expires_at <= %(now)s AND purge_id IS NULL AND {FREE}
ORDER BY id LIMIT %(limit)s FOR UPDATE
"""
TAKE = f"UPDATE evidence_object o SET purge_id = %(purge)s WHERE id = ANY(%(ids)s) AND expires_at <= %(now)s AND {FREE}"
"""Held meanwhile, an object is not taken: whoever holds one locks it first, and this statement sees the hold."""
TAKEN = """
SELECT id, name, about, sealed_size, rule FROM evidence_object WHERE purge_id IS NOT NULL ORDER BY about, id
LIMIT %(limit)s
"""
UNWRAP = "DELETE FROM evidence_wrap WHERE object_id = ANY(%s)"
BURY = """
WITH gone AS (
  DELETE FROM evidence_object WHERE id = ANY(%(ids)s) RETURNING house, id, about, kind, kept_at, rule
)
INSERT INTO evidence_tombstone (house, id, about, kind, kept_at, purged_at, purge_id, rule)
SELECT house, id, about, kind, kept_at, %(at)s, %(purge)s, rule FROM gone
"""
COUNT = """
UPDATE evidence_purge SET counts = jsonb_set(counts, '{purged}', jsonb_build_object(
  'objects', (counts #>> '{purged,objects}')::bigint + %(objects)s,
  'wraps', (counts #>> '{purged,wraps}')::bigint + %(wraps)s,
  'bytes', (counts #>> '{purged,bytes}')::bigint + %(bytes)s))
WHERE id = %(purge)s
"""
END = """
UPDATE evidence_purge SET ended_at = %(at)s, counts = counts || jsonb_build_object('after', %(after)s::jsonb)
WHERE id = %(purge)s
"""
BOOKS = """
SELECT count(*) AS objects, coalesce(sum(sealed_size), 0)::bigint AS bytes,
  (SELECT count(*) FROM evidence_wrap) AS wraps, (SELECT count(*) FROM evidence_tombstone) AS tombstones
FROM evidence_object
"""


class Forget(Protocol):
    """What forgets, in the purge's own transaction, what else is known of these objects. See `rules/retention`."""

    def __call__(self, *, object_ids: Sequence[UUID], without_hashes: Sequence[UUID], at: datetime) -> object: ...


def purge(*, vault: Vault, forget: Forget, by: Actor, clock: Clock, advance: Advance = lambda _: None) -> int:
    """Purge what is past its term and not held; how many objects. 0 where somebody else purges.

    Raises NotAllowed, StoreFailed. Source: rules/tables/retention.toml
    """
    check(by, Permission.RUN_WORK)
    with acting(by):
        found = one(ANY, {"now": clock.now()})
    if not (found and found["due"]):
        return 0
    done = 0
    with _alone(by.house) as alone:
        if alone:
            run_id = _begin(vault, by, clock.now())
            while batch := _take(run_id, by, clock.now()):
                vault.store.delete(row["name"] for row in batch)
                point("purge: bytes deleted")
                _bury(run_id, batch, forget, by, clock.now())
                point("purge: buried")
                done += len(batch)
                advance(len(batch))
            _end(run_id, vault, by, clock.now())
            point("purge: ended")
    return done


@contextmanager
def _alone(house: str) -> Iterator[bool]:
    """Whether no other purge of the house runs; if so none begins until the block ends, or its process."""
    key = f"maillon purge {house}"
    found = one("SELECT pg_try_advisory_lock(hashtextextended(%s, 0)) AS alone", [key])
    alone = bool(found and found["alone"])
    try:
        yield alone
    finally:
        if alone:
            rows("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [key])


def counts(vault: Vault) -> dict[str, Any]:
    """What there is, in the vault and in the house's books; inside `acting`."""
    sizes = [stored.size for stored in vault.store.list()]
    return {"vault": {"objects": len(sizes), "bytes": sum(sizes)}, "books": one(BOOKS)}


def _begin(vault: Vault, by: Actor, at: datetime) -> UUID:
    """The purge that was not ended, or a new one."""
    with acting(by):
        running = one(RUNNING)
        if running is not None:
            return UUID(str(running["id"]))
        id = uuid7(at)
        nothing = {"objects": 0, "wraps": 0, "bytes": 0}
        run(BEGIN, [by.house, id, at, _document({"before": counts(vault), "purged": nothing})])
    point("purge: begun")
    return id


def _take(run_id: UUID, by: Actor, now: datetime) -> list[Row]:
    """Some of what is taken, by this run or by one that was killed; what expired is taken first."""
    with acting(by):
        expired = rows(EXPIRED, {"now": now, "limit": BATCH})
        point("purge: locked")
        run(TAKE, {"purge": run_id, "ids": [row["id"] for row in expired], "now": now})
        taken = rows(TAKEN, {"limit": BATCH})
    point("purge: taken")
    return taken


def _bury(run_id: UUID, batch: Sequence[Row], forget: Forget, by: Actor, at: datetime) -> None:
    ids = [row["id"] for row in batch]
    with acting(by):
        erased = [row["id"] for row in batch if row["rule"]["hashes"] == "erase"]
        forget(object_ids=ids, without_hashes=erased, at=at)
        point("purge: forgotten")
        wraps = run(UNWRAP, [ids])
        point("purge: keys deleted")
        objects = run(BURY, {"ids": ids, "at": at, "purge": run_id})
        gone = {"objects": objects, "wraps": wraps, "bytes": sum(row["sealed_size"] for row in batch)}
        run(COUNT, {**gone, "purge": run_id})
        record(_told(run_id, batch, at), by=by, at=at)


def _told(run_id: UUID, batch: Sequence[Row], at: datetime) -> list[NewEvent]:
    told = []
    for about, of in groupby(batch, key=lambda row: row["about"]):
        sizes = [row["sealed_size"] for row in of]
        body = {"purge": str(run_id), "objects": len(sizes), "size": sum(sizes)}
        told.append(NewEvent(kind=events.PURGED, item=about, body=body, happened_at=at))
    return told


def _end(run_id: UUID, vault: Vault, by: Actor, at: datetime) -> None:
    with acting(by):
        run(END, {"at": at, "after": _document(counts(vault)), "purge": run_id})


def _document(said: Mapping[str, Any]) -> str:
    return as_json([said])[1:-1]
