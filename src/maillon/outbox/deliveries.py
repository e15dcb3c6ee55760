"""The dispatcher: claim due deliveries, call the next verb, delete them as done, all in one transaction.

Order is kept per (handler, item): a delivery waits while an earlier one of the same handler and item is not done.
What was done stands in the log as the events that name this one as their cause (docs/adr/0001).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import orjson
from django.db import transaction

from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.registry import Handed, handler_names, verb_of
from maillon.outbox.sql import Row, one, rows, run

log = logging.getLogger("maillon.outbox")

PAUSES = tuple(timedelta(seconds=s) for s in (1, 5, 30, 120, 600, 3600, 6 * 3600))
"""Waits between attempts; after the last one a person is needed."""

BATCH = 500

# Each of these reads the backlog once at worst. One statement for all would be planned as a join of the backlog with
# itself while statistics are older than the backlog.
DUE = """
SELECT event_id, item, attempts FROM outbox_delivery
WHERE house = %(house)s AND handler = %(handler)s AND state = 'due' AND due_at <= %(now)s AND event_id > %(after)s
ORDER BY event_id LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

FIRST = """
SELECT item, min(event_id) AS event_id FROM outbox_delivery
WHERE house = %(house)s AND handler = %(handler)s AND item = ANY(%(items)s) GROUP BY item
"""

EVENTS = """
SELECT id, uid, kind, version, item, happened_at FROM outbox_event WHERE house = %s AND id = ANY(%s) ORDER BY id
"""

BODIES = "SELECT event_id, body FROM outbox_eventbody WHERE house = %s AND event_id = ANY(%s)"

HANDLERS_DUE = """
SELECT name FROM unnest(%(names)s::text[]) WITH ORDINALITY AS known(name, nth)
WHERE EXISTS (SELECT 1 FROM outbox_delivery d
  WHERE d.house = %(house)s AND d.handler = known.name AND d.state = 'due' AND d.due_at <= %(now)s)
ORDER BY nth LIMIT 1
"""

DONE = """
DELETE FROM outbox_delivery
WHERE house = %(house)s AND handler = %(handler)s AND event_id = ANY(%(ids)s)
"""

FAILED = """
UPDATE outbox_delivery SET state = %(state)s, due_at = %(due)s, attempts = attempts + 1, error = %(error)s
WHERE house = %(house)s AND handler = %(handler)s AND event_id = %(id)s
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many deliveries one round handed over, and how many failed."""

    done: int
    failed: int

    @property
    def tried(self) -> int:
        return self.done + self.failed


def dispatch(*, house: str, clock: Clock, handler: str | None = None, limit: int = BATCH) -> Outcome:
    """Hand over what is due in `house`: one transaction per handler, at most `limit` deliveries each."""
    done = failed = 0
    names = [handler] if handler else handler_names(house)
    while (name := _next_due(house, names, clock)) is not None:
        outcome = _dispatch_handler(house, name, clock, limit)
        done, failed = done + outcome.done, failed + outcome.failed
        names = names[names.index(name) + 1 :]
    return Outcome(done, failed)


def _next_due(house: str, names: Sequence[str], clock: Clock) -> str | None:
    """The first of these handlers for which something is due."""
    if not names:
        return None
    with acting(system_actor(house, "dispatcher")):
        found = one(HANDLERS_DUE, {"house": house, "names": list(names), "now": clock.now()})
    return found["name"] if found else None


def _dispatch_handler(house: str, handler: str, clock: Clock, limit: int) -> Outcome:
    by, now = system_actor(house, "dispatcher"), clock.now()
    with acting(by):
        claimed = claim(house=house, handler=handler, at=now, limit=limit)
        if not claimed:
            return Outcome(0, 0)
        point("dispatch: claimed")
        handed = _handed(house, [row["event_id"] for row in claimed])
        try:
            with transaction.atomic():
                verb_of(house, handler)(handed=handed, by=by, clock=clock)
            done = [h.id for h in handed]
        except Exception:  # one bad event must not hold back the others: find it by trying each alone
            done = _one_by_one(house, handler, handed, claimed, clock)
        point("dispatch: handed over")
        run(DONE, {"house": house, "handler": handler, "ids": done})
        point("dispatch: marked done")
    point("dispatch: committed")
    return Outcome(len(done), len(handed) - len(done))


def claim(*, house: str, handler: str, at: datetime, limit: int) -> list[Row]:
    """Deliveries that are due and that nothing holds back, locked until the transaction ends: event_id, item, attempts.

    At most `limit`, and fewer where the first of them are held back by others; none where there are none.
    """
    found: list[Row] = []
    given = {"house": house, "handler": handler, "now": at, "limit": limit, "after": 0}
    while not found and (due := rows(DUE, given)):
        items = [row["item"] for row in due if row["item"] is not None]
        first = {row["item"]: row["event_id"] for row in rows(FIRST, {**given, "items": items})}
        found = [row for row in due if row["item"] is None or row["event_id"] == first[row["item"]]]
        given["after"] = due[-1]["event_id"]
    return found


def _handed(house: str, ids: Sequence[int]) -> list[Handed]:
    bodies = {row["event_id"]: orjson.loads(bytes(row["body"])) for row in rows(BODIES, [house, list(ids)])}
    return [
        Handed(
            house, row["id"], row["uid"], row["kind"], row["version"], row["item"], row["happened_at"],
            bodies.get(row["id"], {}),
        )
        for row in rows(EVENTS, [house, list(ids)])
    ]  # fmt: skip


def _one_by_one(house: str, handler: str, handed: Sequence[Handed], claimed: Sequence[Row], clock: Clock) -> list[int]:
    """Try each event in a savepoint of its own; put off those that fail. The ids that succeeded."""
    done = []
    for event, row in zip(handed, claimed, strict=True):
        try:
            with transaction.atomic():
                verb_of(house, handler)(handed=[event], by=system_actor(house, "dispatcher"), clock=clock)
            done.append(event.id)
        except Exception as error:
            log.warning("%s: %s of event %s failed: %s", house, handler, event.id, type(error).__name__)
            _put_off(house, handler, event.id, int(row["attempts"]), error, clock)
    return done


def _put_off(house: str, handler: str, event_id: int, attempts: int, error: Exception, clock: Clock) -> None:
    """Retry after a growing pause; after the last one the delivery is stuck and a person must look."""
    stuck = attempts >= len(PAUSES)
    pause = timedelta(0) if stuck else PAUSES[attempts]
    params = {
        "house": house,
        "handler": handler,
        "id": event_id,
        "state": "stuck" if stuck else "due",
        "due": clock.now() + pause,
        "error": f"{type(error).__name__}: {error}"[:500],
    }
    run(FAILED, params)


STUCK = """
SELECT event_id, handler, item, attempts, error FROM outbox_delivery
WHERE house = %(house)s AND state = 'stuck' ORDER BY event_id
"""

AGAIN = """
UPDATE outbox_delivery SET state = 'due', attempts = 0, due_at = %(now)s WHERE house = %(house)s AND state = 'stuck'
"""


ANY_DUE = """
SELECT 1 FROM (
  SELECT DISTINCT ON (handler, coalesce(item::text, event_id::text)) state, due_at FROM outbox_delivery
  WHERE house = %(house)s ORDER BY handler, coalesce(item::text, event_id::text), event_id
) AS first WHERE state = 'due' AND due_at <= %(now)s LIMIT 1
"""


WAITED_FOR = """
SELECT DISTINCT item FROM outbox_delivery WHERE handler = %s AND state = 'due' AND item = ANY(%s)
"""


def waited_for(*, handler: str, items: Sequence[UUID]) -> set[UUID]:
    """Those of the items for which `handler` has not done yet what happened to them. One statement."""
    return {row["item"] for row in rows(WAITED_FOR, [handler, list(items)])}


def any_due(*, house: str, at: datetime) -> bool:
    """Whether a delivery is due that nothing holds back but, perhaps, somebody who is at it just now."""
    return bool(rows(ANY_DUE, {"house": house, "now": at}))


def stuck(*, house: str) -> list[Row]:
    """Deliveries that need a person, oldest first."""
    return rows(STUCK, {"house": house})


def try_again(*, house: str, at: datetime) -> int:
    """Make every stuck delivery due again, after a person removed the cause; how many."""
    return run(AGAIN, {"house": house, "now": at})
