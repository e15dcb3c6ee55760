"""Fetch what is due: claim it, work on it outside any transaction, write many down in one."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from queue import Empty
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import services as evidence
from maillon.evidence.errors import NoRecipient
from maillon.evidence.vault import Recipient, Vault
from maillon.items.captures import NewCapture, keep_captures
from maillon.items.services import lock_items
from maillon.items.states import Item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.observation import events
from maillon.observation.known import LookUp, keep_known, nothing_known
from maillon.observation.receiving import Decoding, Fetching, Line, Received
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.claims import RELEASE, TAKE, lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, one, rows, run

BATCH = 1000
CLAIM = timedelta(minutes=15)
PAUSES = tuple(timedelta(seconds=s) for s in (10, 60, 300))
"""Waits before a fetch that failed on the way is tried again; after the last one the failure is its capture."""
PER_SITE = 2
"""Fetches of one site at a time: no server is pressed, and none sees many requests from one place at once."""
AHEAD = 16
"""Fetches claimed for each process that fetches: none waits while what came is written down and more is claimed."""
TOGETHER, WAIT = 48, 0.25
"""How many are written down at once, and how many seconds the first of them waits for the others at most."""

log = logging.getLogger("maillon.fetches")

CLAIM_DUE = f"""
WITH running AS MATERIALIZED (
  SELECT i.site_id, count(*) AS n FROM observation_fetch r JOIN items_item i ON i.house = r.house AND i.id = r.item_id
  WHERE r.state = 'running' AND NOT (r.claimed_until < %(now)s OR {lost("r")}) GROUP BY i.site_id
), due AS MATERIALIZED (
  SELECT w.id, w.due_at, i.site_id, row_number() OVER (PARTITION BY i.site_id ORDER BY w.due_at, w.id) AS nth
  FROM observation_fetch w JOIN items_item i ON i.house = w.house AND i.id = w.item_id
  WHERE w.state <> 'done' AND w.due_at <= %(now)s
    AND (w.state = 'waiting' OR w.claimed_until < %(now)s OR {lost("w")})
), chosen AS (
  SELECT f.id FROM observation_fetch f JOIN due ON due.id = f.id LEFT JOIN running ON running.site_id = due.site_id
  WHERE due.nth + coalesce(running.n, 0) <= %(per_site)s
  ORDER BY due.due_at, due.id LIMIT %(limit)s FOR UPDATE OF f SKIP LOCKED
)
UPDATE observation_fetch f SET state = 'running', claimed_until = %(until)s, attempts = attempts + 1, {TAKE}
FROM chosen, items_item i
WHERE f.id = chosen.id AND i.house = f.house AND i.id = f.item_id
RETURNING f.house, f.id, f.item_id, f.purpose, f.referrer, f.asked_by, f.attempts, f.cause, i.canonical AS url,
  i.state AS item_state
"""

MINE = """
SELECT id FROM observation_fetch
WHERE id = ANY(%s) AND state = 'running' AND claimed_by = pg_backend_pid() ORDER BY id FOR UPDATE
"""

PUT_OFF = f"""
UPDATE observation_fetch f SET state = 'waiting', due_at = g.due, {RELEASE}
FROM json_to_recordset(%s::json) AS g(id uuid, due timestamptz) WHERE f.id = g.id
"""

CLOSE = f"""
UPDATE observation_fetch f SET state = 'done', done_at = %s, capture_id = g.capture, {RELEASE}
FROM json_to_recordset(%s::json) AS g(id uuid, capture uuid) WHERE f.id = g.id
"""

WAIT_FOR_KEYS = """
UPDATE observation_fetch SET due_at = %(due)s WHERE state = 'waiting' AND due_at <= %(now)s
"""

LOCK, UNLOCK = (f"SELECT {verb}(hashtextextended('maillon fetches ' || %s, 0)) AS mine" for verb in
                ("pg_try_advisory_lock", "pg_advisory_unlock"))  # fmt: skip


def fetch_due(
    *,
    house: str,
    fetchers: Fetching,
    decoders: Decoding,
    vault: Vault,
    clock: Clock,
    look_up: LookUp = nothing_known,
    limit: int = BATCH,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Fetch what is due in `house`, up to `limit`: how many were claimed. Ends early once `stopped`.

    `look_up` says which hashes are of known content.
    Claimed by and by, fetched outside any transaction, sealed into the vault, written down many at a time. A page's
    failure on the way is tried again by PAUSES. Of an item that was settled meanwhile nothing is kept; the vault's
    sweep takes what was sealed. Killed at any point, what was not written down is fetched again. One process of a house
    fetches at a time; the others do nothing here.
    """
    with _alone(house) as alone:
        if not alone:
            return 0
        by = system_actor(house, "fetcher")
        done = _Round(by, clock, vault, limit, size=fetchers.size)
        first = done.claim()
        if not first:
            return done.claimed
        with Line(
            fetchers=fetchers,
            decoders=decoders,
            look_up=look_up,
            vault=vault,
            recipients=done.recipients,
            clock=clock,
        ) as line:
            done.work(line, first, stopped)
        return done.claimed


@contextmanager
def _alone(house: str) -> Iterator[bool]:
    """Whether nobody else fetches in this house; nobody does for the length of the block, or of the connection."""
    found = one(LOCK, [house])
    if not found or not found["mine"]:
        yield False
        return
    try:
        yield True
    finally:
        one(UNLOCK, [house])


class _Round:
    """One call of `fetch_due`: what is claimed and under way."""

    def __init__(self, by: Actor, clock: Clock, vault: Vault, limit: int, *, size: int) -> None:
        self.claimed = 0
        self.recipients: Sequence[Recipient] = ()
        self._by, self._clock, self._vault, self._limit = by, clock, vault, limit
        self._window = AHEAD * size
        self._under_way = 0

    def claim(self) -> list[Row]:
        """Claim as many as there is room for; none while the vault lacks a key, and those that are due wait for it."""
        room = min(self._window - self._under_way, self._limit - self.claimed)
        if room <= 0:
            return []
        with acting(self._by):
            now = self._clock.now()
            try:
                self.recipients = evidence.recipients(house=self._by.house)
            except NoRecipient as why:
                if run(WAIT_FOR_KEYS, {"now": now, "due": now + PAUSES[1]}):
                    log.warning("fetches wait: %s", why)
                return []
            given = {"now": now, "until": now + CLAIM, "limit": room, "per_site": PER_SITE}
            found = rows(CLAIM_DUE, given)
        point("fetch: claimed")
        self.claimed += len(found)
        self._under_way += len(found)
        return [{**row, "last": row["attempts"] > len(PAUSES)} for row in found]

    def work(self, line: Line, first: Sequence[Row], stopped: Callable[[], bool]) -> None:
        """Put the first claimed on the line, write down what comes, claim more as there is room, until all is done."""
        more = first
        while not stopped():
            for row in more:
                (line.put if row["item_state"] == Item.OPEN else line.skip)(row)
            if not self._under_way:
                return
            received = self._next(line, stopped)
            if stopped():
                return
            if received:
                _write_down(received, self._by, self._clock)
                self._under_way -= len(received)
            more = self.claim() if self._under_way <= self._window // 2 else []

    def _next(self, line: Line, stopped: Callable[[], bool]) -> list[Received]:
        """What is ready: at least one, and those that come within a moment after it."""
        found: list[Received] = []
        until = 0.0
        while len(found) < min(TOGETHER, self._under_way) and not stopped():
            try:
                found.append(line.ready.get(timeout=max(0.001, until - time.monotonic()) if found else 0.5))
            except Empty:
                if found:
                    break
                continue
            until = until or time.monotonic() + WAIT
        return found


def _write_down(received: Sequence[Received], by: Actor, clock: Clock) -> None:
    point("fetch: received")
    with acting(by):
        check(by, Permission.RUN_WORK)
        items = lock_items(item_ids=[one.capture.item_id for one in received])
        at = clock.now()
        mine = {row["id"] for row in rows(MINE, [[one.fetch["id"] for one in received]])}
        held = [one for one in received if one.fetch["id"] in mine]
        open_items = {id for id, row in items.items() if row["state"] == Item.OPEN}
        kept = [r for r in held if r.capture.item_id in open_items and not r.again]
        late = [r for r in held if r.capture.item_id not in open_items]
        put_off = [
            {"id": r.fetch["id"], "due": at + PAUSES[min(r.fetch["attempts"], len(PAUSES)) - 1]}
            for r in held
            if r.capture.item_id in open_items and r.again
        ]
        if put_off:
            run(PUT_OFF, [as_json(put_off)])
        captures = _with_objects(kept, by, clock)
        point("fetch: kept")
        keep_captures(captures=captures, by=by)
        known = keep_known(found=[(r.capture, r.known) for r in kept], by=by, at=at)
        closed = [{"id": r.fetch["id"], "capture": r.capture.id} for r in kept]
        closed += [{"id": r.fetch["id"], "capture": None} for r in late]
        if closed:
            run(CLOSE, [at, as_json(closed)])
        point("fetch: written")
        record([*map(_captured, kept, captures), *known, *(_dropped(r) for r in late)], by=by, at=at)
        point("fetch: recorded")
    point("fetch: committed")


def _with_objects(kept: Sequence[Received], by: Actor, clock: Clock) -> list[NewCapture]:
    """The captures, each with the ids under which what was sealed of it and of its media is in the vault's books."""
    sealed = {id: one for received in kept for id, one in received.sealed.items()}
    ids = evidence.keep(sealed=list(sealed.values()), by=by, at=clock.now()) if sealed else []
    objects: dict[UUID, UUID] = dict(zip(sealed, ids, strict=True))
    return [
        replace(
            r.capture,
            object_id=objects.get(r.capture.id),
            media=tuple(replace(medium, object_id=objects.get(medium.id)) for medium in r.capture.media),
        )
        for r in kept
    ]


def _captured(received: Received, capture: NewCapture) -> NewEvent:
    got = [medium.kind for medium in capture.media if medium.outcome in ("ok", "undecodable")]
    body = {
        "capture": str(capture.id),
        "purpose": capture.purpose,
        "outcome": capture.outcome,
        "reason": capture.reason,
        "images": got.count("image"),
        "videos": got.count("video"),
        "lacking": max(capture.named, len(capture.media)) - len(got),
        "needs_scripts": capture.needs_scripts,
        "hops": len(capture.hops),
    }
    return NewEvent(
        kind=events.CAPTURED, item=capture.item_id, body=body, happened_at=capture.ended_at,
        cause=received.fetch["cause"],
    )  # fmt: skip


def _dropped(received: Received) -> NewEvent:
    body = {"fetch": str(received.fetch["id"]), "purpose": received.fetch["purpose"]}
    return NewEvent(
        kind=events.FETCH_DROPPED, item=received.capture.item_id, body=body, happened_at=received.capture.ended_at,
        cause=received.fetch["cause"],
    )  # fmt: skip
