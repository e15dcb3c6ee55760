"""Ask where items are, find it out on the network, write it down. A person may state it instead."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.directory.countries import is_country
from maillon.items.services import lock_item, lock_items, set_country
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7, uuid7s
from maillon.observation import events
from maillon.observation.conclude import UNDETERMINED, Conclusion, Reason
from maillon.observation.finding import Found, Known, Resolve, find_out
from maillon.observation.finding import Look as Look
from maillon.observation.queries import known_of
from maillon.observation.writing import AFTER, add_locations, located
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.claims import RELEASE, TAKE, lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import as_json, rows, run

BATCH = 500
CLAIM = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 60))
"""Waits before asking a resolver again that did not answer; after the last one that is the conclusion."""

BEFORE_SENDING = "before_sending"
CAPTURED = "captured"
CHANGED = "changed"
ORIGIN = "origin"
"""Why an item is located again; "" where it was reported."""

ASK = """
INSERT INTO observation_lookup (house, id, item_id, state, due_at, attempts, cause, why)
SELECT %(house)s, g.id, g.item_id, 'waiting', %(at)s, 0, g.cause, %(why)s
FROM json_to_recordset(%(asked)s::json) AS g(id uuid, item_id uuid, cause uuid)
ON CONFLICT (house, item_id) WHERE state <> 'done' DO NOTHING
"""

CLAIM_DUE = f"""
UPDATE observation_lookup l SET state = 'running', claimed_until = %(until)s, attempts = attempts + 1,
  {TAKE}
FROM (
  SELECT id FROM observation_lookup w
  WHERE state <> 'done' AND due_at <= %(now)s AND (state = 'waiting' OR claimed_until < %(now)s OR {lost("w")})
  ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) due, items_item i, items_site s
WHERE l.id = due.id AND i.id = l.item_id AND s.id = i.site_id
RETURNING l.id, l.item_id, l.attempts, l.cause, l.why, i.kind, i.country, s.name AS site
"""

PUT_OFF = f"""
UPDATE observation_lookup l SET state = 'waiting', {RELEASE},
  due_at = g.due
FROM unnest(%s::uuid[], %s::timestamptz[]) AS g(id, due) WHERE l.id = g.id AND l.state = 'running' RETURNING l.id
"""

CLOSE = f"""
UPDATE observation_lookup SET state = 'done', done_at = %s, {RELEASE}
WHERE id = ANY(%s) AND state = 'running' RETURNING id
"""


def request_locations(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Ask for the location of every item reported. An item already asked for is asked once. Safe to repeat."""
    wanted = {h.item: h.uid for h in handed if h.item}
    with acting(by):
        check(by, Permission.RUN_WORK)
        ask(wanted, why="", by=by, at=clock.now())


def locate_capture(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """What was fetched may have been led elsewhere: locate again every item whose capture passed several addresses.

    Safe to repeat. The lookup looks at every step of the way, and at the addresses that the capture connected to.
    """
    wanted = {h.item: h.uid for h in handed if h.item and h.body.get("outcome") == "ok" and h.body.get("hops", 0) > 1}
    with acting(by):
        check(by, Permission.RUN_WORK)
        ask(wanted, why=CAPTURED, by=by, at=clock.now())


def ask(wanted: Mapping[UUID, UUID | None], *, why: str, by: Actor, at: datetime) -> None:
    """A lookup of each item, with the event that causes it; inside the caller's transaction. Asked for already: once.

    One statement. The caller has checked that `by` may.
    """
    if not wanted:
        return
    ids = uuid7s(at, len(wanted))
    asked = [{"id": id, "item_id": item, "cause": cause} for id, (item, cause) in zip(ids, wanted.items(), strict=True)]
    run(ASK, {"house": by.house, "at": at, "why": why, "asked": as_json(asked)})


def locate_due(*, house: str, resolve: Resolve, look: Look, clock: Clock, limit: int = BATCH) -> int:
    """Claim due lookups, find out outside any transaction, write all of them back in one; how many were claimed.

    `resolve` answers many names at once; `look` says what the sources know of one address. A claim whose worker lost
    its connection is taken again at once, one that takes too long after CLAIM.
    """
    by = system_actor(house, "locator")
    with acting(by):
        now = clock.now()
        claimed = rows(CLAIM_DUE, {"now": now, "until": now + CLAIM, "limit": limit})
        known = known_of(item_ids=[row["item_id"] for row in claimed]) if claimed else {}
    point("locate: claimed")
    if not claimed:
        return 0
    found = find_out(claimed, known, resolve, look)
    point("locate: found out")
    _write_back(found, by, clock.now())
    point("locate: committed")
    return len(claimed)


def _write_back(found: Sequence[Found], by: Actor, at: datetime) -> None:
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=[f.lookup["item_id"] for f in found])
        again = [f for f in found if f.silent and f.lookup["attempts"] <= len(PAUSES)]
        later = {f.lookup["id"]: at + PAUSES[f.lookup["attempts"] - 1] for f in again}
        put_off = {row["id"] for row in rows(PUT_OFF, [list(later), list(later.values())])} if later else set()
        ids = [f.lookup["id"] for f in found if f.lookup["id"] not in later]
        closed = {row["id"] for row in rows(CLOSE, [at, ids])}
        point("locate: closed")
        # The first silence is written down at once: neither a person nor danger waits for the resolver.
        silent = [f for f in again if f.lookup["id"] in put_off and f.lookup["attempts"] == 1]
        concluded = _still_true([f for f in found if f.lookup["id"] in closed], by, at)
        add_locations([f for f in silent + concluded if not _kept(f)], by=by, at=at)
        _say_kept([f for f in concluded if _kept(f)], by, at)


def _kept(found: Found) -> bool:
    """Whether silence changes nothing: what waits to be sent goes out on what was known last."""
    return found.silent and found.lookup["why"] == BEFORE_SENDING


def _say_kept(found: Sequence[Found], by: Actor, at: datetime) -> None:
    news = [
        NewEvent(
            kind=events.LOCATION_KEPT,
            item=f.lookup["item_id"],
            body={"country": f.lookup["country"], "attempts": f.lookup["attempts"]},
            happened_at=at,
        )
        for f in found
    ]
    record(news, by=by, at=at)


def _still_true(concluded: Sequence[Found], by: Actor, at: datetime) -> list[Found]:
    """Those that rest on what is known now. What somebody told, or a fetch found, while the network was asked would be
    overlooked: those items are located once more instead.
    """
    if not concluded:
        return []
    now = known_of(item_ids=[f.lookup["item_id"] for f in concluded])
    changed = {f.lookup["item_id"] for f in concluded if now.get(f.lookup["item_id"], Known()) != f.known}
    ask(dict.fromkeys(sorted(changed)), why=CHANGED, by=by, at=at)
    return [f for f in concluded if f.lookup["item_id"] not in changed]


STATE = f"""
INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain)
VALUES (%(house)s, %(id)s, %(item)s, {AFTER.format(at="%(at)s", item="%(item)s")}, %(country)s, %(reason)s, 'person',
  %(by)s, %(statement)s, '[]', '[]', '[]')
"""


def state_location(*, item_id: UUID, country: str, statement: str, by: Actor, at: datetime) -> UUID:
    """A person states where the item is hosted, with the reason in `statement`; the location's id.

    `country` is an ISO 3166-1 code, or `undetermined`. Earlier locations stay. Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.STATE_LOCATION)
        code = country if country == UNDETERMINED else country.upper()
        if code != UNDETERMINED and not is_country(code):
            raise BadInput(f"{country!r} is no country code; use two letters (ISO 3166-1), such as BE or NL.")
        if not statement.strip():
            raise BadInput("A stated location needs a reason; give it with --reason.")
        lock_item(item_id=item_id)
        id = uuid7(at)
        said = {"country": code, "reason": Reason.stated_by_person, "statement": statement.strip()}
        run(STATE, {"house": by.house, "id": id, "item": item_id, "at": at, "by": by.name, **said})
        set_country(item_ids=[item_id], countries=[code], at=at)
        conclusion = Conclusion(code, Reason.stated_by_person)
        record([located(item_id, id, conclusion, "person", statement.strip(), at, None)], by=by, at=at)
    return id
