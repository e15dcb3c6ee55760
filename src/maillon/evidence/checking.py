"""What the vault holds against what the books say: bytes nobody knows, rows without bytes, bytes that changed."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence.errors import Gone
from maillon.evidence.purging import counts
from maillon.evidence.store import Store
from maillon.evidence.vault import Vault, digest
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.sql import Row, rows

BATCH = 500
READERS = 4
FRESH = timedelta(hours=1)
"""How long what was sealed may wait to be written down."""

KNOWN = "SELECT name FROM evidence_object WHERE name = ANY(%s)"
NAMES = "SELECT id, name FROM evidence_object WHERE purge_id IS NULL"
AFTER = """
SELECT id, name, about, digest FROM evidence_object WHERE purge_id IS NULL AND id > %s ORDER BY id LIMIT %s
"""
STILL = "SELECT id FROM evidence_object WHERE id = ANY(%s) AND purge_id IS NULL"
FIRST = UUID(int=0)
BY_KIND = """
SELECT o.kind, count(*) AS objects, sum(o.size)::bigint AS size, sum(o.sealed_size)::bigint AS sealed_size,
  count(*) FILTER (WHERE EXISTS (
    SELECT 1 FROM evidence_wrap w JOIN evidence_recipient r ON r.id = w.recipient_id
    WHERE w.object_id = o.id AND r.kind = 'hotline')) AS ours,
  min(o.expires_at) AS next_expiry
FROM evidence_object o GROUP BY o.kind ORDER BY o.kind
"""


@dataclass(frozen=True, slots=True)
class Checked:
    """How many objects were read again, and the ids of those that are missing and of those that changed."""

    objects: int
    missing: tuple[UUID, ...]
    changed: tuple[UUID, ...]


def check_vault(*, vault: Vault, by: Actor, advance: Callable[[int], None] = lambda _: None) -> Checked:
    """Read every object of the house again and compare its digest. Raises NotAllowed, StoreFailed."""
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
    missing: list[UUID] = []
    changed: list[UUID] = []
    done = 0
    with ThreadPoolExecutor(READERS) as readers:
        for batch in _objects(by):
            for row, found in zip(batch, readers.map(lambda row: _digest(vault, row["name"]), batch), strict=True):
                if found != bytes(row["digest"]):
                    (missing if found is None else changed).append(row["id"])
            done += len(batch)
            advance(len(batch))
    return Checked(done, _still(missing, by), _still(changed, by))


def absent(*, store: Store, by: Actor) -> tuple[UUID, ...]:
    """The objects of the house whose bytes are not in the store, by its list alone."""
    with acting(by):
        known = {row["name"]: row["id"] for row in rows(NAMES)}
    there = {stored.name for stored in store.list()}
    return _still([id for name, id in known.items() if name not in there], by)


def stats(*, vault: Vault, by: Actor) -> tuple[list[Row], Row]:
    """What is kept, by kind (`ours`: what the hotline can still open), and the counts of vault and books."""
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        return rows(BY_KIND), counts(vault)


def sweep(*, vault: Vault, houses: Sequence[str], clock: Clock) -> int:
    """Delete what was sealed by this installation more than an hour ago and is in no house's books; how many.

    `houses` are all those that keep in this vault. What another installation put there is left alone.
    """
    before = clock.now() - FRESH
    done = vault.store.tidy(before)
    old = (stored.name for stored in vault.store.list() if stored.at < before and vault.made(stored.name))
    strays = [name for batch in _in_batches(old) for name in _unknown(batch, houses)]
    point("sweep: found")
    vault.store.delete(strays)
    return done + len(strays)


def _unknown(names: Sequence[str], houses: Sequence[str]) -> set[str]:
    left = set(names)
    for house in houses:
        with acting(system_actor(house, "keeper")):
            left -= {row["name"] for row in rows(KNOWN, [list(left)])}
    return left


def _in_batches(names: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for name in names:
        batch.append(name)
        if len(batch) == BATCH:
            yield batch
            batch = []
    yield batch


def _objects(by: Actor) -> Iterator[list[Row]]:
    last = FIRST
    while True:
        with acting(by):
            batch = rows(AFTER, [last, BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1]["id"]


def _digest(vault: Vault, name: str) -> bytes | None:
    try:
        return digest(vault.store.get(name))
    except Gone:
        return None


def _still(ids: Sequence[UUID], by: Actor) -> tuple[UUID, ...]:
    """Those of them that are still kept: what was purged meanwhile is not missing."""
    with acting(by):
        return tuple(row["id"] for row in rows(STILL, [list(ids)])) if ids else ()
