"""Ask where items are, find it out on the network, write it down. A person may state it instead."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.directory.countries import is_country
from maillon.items.addresses import address_of
from maillon.items.services import lock_item, lock_items, set_country
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7, uuid7s
from maillon.observation import events
from maillon.observation.conclude import UNDETERMINED, Answer, Conclusion, Reason, Seen, Target, conclude
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.claims import RELEASE, TAKE, lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, rows, run

BATCH = 500
CLAIM = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 60))
"""Waits before asking a resolver again that did not answer; after the last one that is the conclusion."""

Resolve = Callable[[Sequence[str]], Mapping[str, Answer]]
Look = Callable[[str], Seen]

ASK = """
INSERT INTO observation_lookup (house, id, item_id, state, due_at, attempts, cause)
SELECT %s, g.id, g.item_id, 'waiting', %s, 0, g.cause
FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS g(id, item_id, cause)
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
RETURNING l.id, l.item_id, l.attempts, l.cause, i.kind, s.name AS site
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

ADD = """
INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain)
SELECT %(house)s, g.id, g.item_id, %(at)s, g.country, g.reason, 'sources', '', '', g.asns::jsonb, g.seen::jsonb,
  g.chain::jsonb
FROM unnest(%(id)s::uuid[], %(item_id)s::uuid[], %(country)s::text[], %(reason)s::text[], %(asns)s::text[],
  %(seen)s::text[], %(chain)s::text[]) AS g(id, item_id, country, reason, asns, seen, chain)
"""


STATED = "SELECT DISTINCT item_id FROM observation_location WHERE item_id = ANY(%s) AND method = 'person'"
"""What a person stated stands until a person states otherwise; what the sources say later is kept beside it."""


def request_locations(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Ask for the location of every item reported. An item already asked for is asked once. Safe to repeat."""
    wanted = {h.item: h.uid for h in handed if h.item}
    now = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        run(ASK, [by.house, now, uuid7s(now, len(wanted)), list(wanted), list(wanted.values())])


@dataclass(frozen=True, slots=True)
class Found:
    """What one claimed lookup came to. `again`: the resolver did not answer and is to be asked once more later."""

    lookup: Row
    conclusion: Conclusion
    again: bool
    answer: Answer | None
    seen: tuple[Seen, ...]


def locate_due(*, house: str, resolve: Resolve, look: Look, clock: Clock, limit: int = BATCH) -> int:
    """Claim due lookups, find out outside any transaction, write all of them back in one; how many were claimed.

    `resolve` answers many names at once; `look` says what the sources know of one address. A claim whose worker lost
    its connection is taken again at once, one that takes too long after CLAIM.
    """
    by = system_actor(house, "locator")
    with acting(by):
        now = clock.now()
        claimed = rows(CLAIM_DUE, {"now": now, "until": now + CLAIM, "limit": limit})
    point("locate: claimed")
    if not claimed:
        return 0
    found = find_out(claimed, resolve, look)
    point("locate: found out")
    _write_back(found, by, clock.now())
    point("locate: committed")
    return len(claimed)


def find_out(claimed: Sequence[Row], resolve: Resolve, look: Look) -> list[Found]:
    """Network work alone: the conclusion for each claimed lookup."""
    names = {row["site"] for row in claimed if row["kind"] == "url" and address_of(row["site"]) is None}
    answers = resolve(sorted(names)) if names else {}
    return [_find(row, answers, look) for row in claimed]


def _find(lookup: Row, answers: Mapping[str, Answer], look: Look) -> Found:
    answer: Answer | None = None
    seen: tuple[Seen, ...] = ()
    if lookup["kind"] == "url":
        literal = address_of(lookup["site"])
        answer = Answer("ok", (literal,)) if literal else answers.get(lookup["site"])
        seen = tuple(look(ip) for ip in answer.addresses) if answer else ()
    conclusion = conclude(Target(lookup["kind"], lookup["site"]), answer, seen)
    again = conclusion.reason is Reason.no_answer and lookup["attempts"] <= len(PAUSES)
    return Found(lookup, conclusion, again, answer, seen)


def _write_back(found: Sequence[Found], by: Actor, at: datetime) -> None:
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=[f.lookup["item_id"] for f in found])
        later = {f.lookup["id"]: at + PAUSES[f.lookup["attempts"] - 1] for f in found if f.again}
        put_off = {row["id"] for row in rows(PUT_OFF, [list(later), list(later.values())])} if later else set()
        concluded = [f for f in found if not f.again]
        closed = {row["id"] for row in rows(CLOSE, [at, [f.lookup["id"] for f in concluded]])}
        point("locate: closed")
        # The first silence is written down at once: neither a person nor danger waits for the resolver.
        silent = [f for f in found if f.lookup["id"] in put_off and f.lookup["attempts"] == 1]
        _add(silent + [f for f in concluded if f.lookup["id"] in closed], by, at)


def _add(found: Sequence[Found], by: Actor, at: datetime) -> None:
    if not found:
        return
    conclusions = [f.conclusion for f in found]
    ids = uuid7s(at, len(found))
    items = [f.lookup["item_id"] for f in found]
    params = {
        "house": by.house,
        "at": at,
        "id": ids,
        "item_id": items,
        "country": [c.country for c in conclusions],
        "reason": [str(c.reason) for c in conclusions],
        "asns": [_json(sorted({s.asn for s in f.seen if s.asn})) for f in found],
        "seen": [_json([_seen(s) for s in f.seen]) for f in found],
        "chain": [_json(list(f.answer.chain) if f.answer else []) for f in found],
    }
    run(ADD, params)
    point("locate: written")
    stated = {row["item_id"] for row in rows(STATED, [items])}
    free = [(item, c.country) for item, c in zip(items, conclusions, strict=True) if item not in stated]
    set_country(item_ids=[item for item, _ in free], countries=[country for _, country in free], at=at)
    point("locate: country set")
    news = [
        _located(f.lookup["item_id"], id, c, "sources", "", at, f.lookup["cause"])
        for f, id, c in zip(found, ids, conclusions, strict=True)
    ]
    record(news, by=by, at=at)
    point("locate: recorded")


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _seen(seen: Seen) -> dict[str, Any]:
    row = asdict(seen)
    row["data_dates"] = {name: day.isoformat() for name, day in seen.data_dates.items()}
    return row


def _located(
    item: UUID,
    id: UUID,
    conclusion: Conclusion,
    method: str,
    statement: str,
    at: datetime,
    cause: UUID | None,
) -> NewEvent:
    body = {
        "location": str(id),
        "country": conclusion.country,
        "reason": str(conclusion.reason),
        "method": method,
        "statement": statement,
    }
    return NewEvent(kind=events.LOCATED, item=item, body=body, happened_at=at, cause=cause)


STATE = """
INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain)
VALUES (%s, %s, %s, %s, %s, %s, 'person', %s, %s, '[]', '[]', '[]')
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
        run(STATE, [by.house, id, item_id, at, code, Reason.stated_by_person, by.name, statement.strip()])
        set_country(item_ids=[item_id], countries=[code], at=at)
        conclusion = Conclusion(code, Reason.stated_by_person)
        record([_located(item_id, id, conclusion, "person", statement.strip(), at, None)], by=by, at=at)
    return id
