"""Whom to write to about abuse where an item is: asked of registration data by address, network, then registrar."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.items.addresses import address_of
from maillon.items.services import lock_item, lock_items
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.observation import events
from maillon.observation.answers import PASSING, Answered, Ask, Kind
from maillon.observation.queries import latest_locations
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.claims import RELEASE, TAKE, lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, one, rows

BATCH = 8
AT_ONCE = 8
CLAIM = timedelta(minutes=10)
PAUSES = tuple(timedelta(seconds=s) for s in (30, 300, 3600))
"""Waits before asking again where a registry was busy or silent; after the last one that is the answer."""
MOST = 2
"""Addresses, networks and names of one item that are asked for."""
FOUND_BY = {"ip": "address", "autnum": "network", "domain": "registrar"}

REQUEST = """
INSERT INTO observation_contactlookup (house, id, item_id, state, due_at, attempts, asked_by, asked_at, address,
  found_by, mail, name, handle, tried)
VALUES (%(house)s, %(id)s, %(item)s, 'waiting', %(at)s, 0, %(by)s, %(at)s, '', '', '', '', '', '[]')
ON CONFLICT (house, item_id) WHERE state <> 'done' DO NOTHING RETURNING id
"""

OPEN = "SELECT id FROM observation_contactlookup WHERE item_id = %s AND state <> 'done'"

CLAIM_DUE = f"""
UPDATE observation_contactlookup l SET state = 'running', claimed_until = %(until)s, attempts = attempts + 1,
  {TAKE}
FROM (
  SELECT id FROM observation_contactlookup w
  WHERE state <> 'done' AND due_at <= %(now)s AND (state = 'waiting' OR claimed_until < %(now)s OR {lost("w")})
  ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) due, items_item i, items_site s
WHERE l.id = due.id AND i.id = l.item_id AND s.id = i.site_id
RETURNING l.id, l.item_id, l.attempts, i.kind, s.name AS site
"""

WRITE = f"""
UPDATE observation_contactlookup l SET state = g.state, due_at = coalesce(g.due, l.due_at), done_at = g.done,
  address = g.address, found_by = g.found_by, mail = g.mail, name = g.name, handle = g.handle, tried = g.tried,
  {RELEASE}
FROM json_to_recordset(%s::json) AS g(id uuid, state text, due timestamptz, done timestamptz, address text,
  found_by text, mail text, name text, handle text, tried jsonb)
WHERE l.id = g.id AND l.state = 'running' RETURNING l.id
"""

CONTACTS = """
SELECT id, state, due_at, asked_by, asked_at, done_at, attempts, address, found_by, mail, name, handle, tried
FROM observation_contactlookup WHERE item_id = %s ORDER BY asked_at DESC, id DESC
"""


@dataclass(frozen=True, slots=True)
class Question:
    """What a registry is asked: by `ip`, `autnum` or `domain`."""

    kind: Kind
    value: str


@dataclass(frozen=True, slots=True)
class Came:
    """What the questions about one item came to, in the order they were put."""

    row: Row
    tried: tuple[tuple[Question, Answered], ...]

    @property
    def found(self) -> tuple[Question, Answered] | None:
        return next((pair for pair in self.tried if pair[1].outcome == "found"), None)

    @property
    def later(self) -> timedelta | None:
        """How long to wait before asking again; None where there is no more to be had."""
        passing = [answered for _, answered in self.tried if answered.outcome in PASSING]
        if self.found or not passing or self.row["attempts"] > len(PAUSES):
            return None
        wait: timedelta = PAUSES[self.row["attempts"] - 1]
        return max([wait, *(timedelta(seconds=answered.wait) for answered in passing)])


def request_contact(*, item_id: UUID, by: Actor, at: datetime) -> UUID:
    """Ask whom to write to about abuse at the item's address; the lookup's id, of the open one where one waits.

    Raises NotAllowed, NotFound; BadInput where the item has no address.
    """
    with acting(by):
        check(by, Permission.STATE_LOCATION)
        if lock_item(item_id=item_id)["kind"] != "url":
            raise BadInput("Only an item with a web address has a registered contact.")
        made = one(REQUEST, {"house": by.house, "id": uuid7(at), "item": item_id, "at": at, "by": by.name})
        if made is None:
            waiting = one(OPEN, [item_id])
            assert waiting is not None
            return UUID(str(waiting["id"]))
        id = UUID(str(made["id"]))
        body = {"lookup": str(id)}
        record([NewEvent(kind=events.CONTACT_ASKED, item=item_id, body=body, happened_at=at)], by=by, at=at)
    return id


def contacts_of(*, item_id: UUID) -> list[Row]:
    """Every question for the item's abuse contact, latest first; `tried` lists what each registry answered."""
    return rows(CONTACTS, [item_id])


def contacts_due(*, house: str, ask: Ask, clock: Clock, limit: int = BATCH) -> int:
    """Claim due questions, put them outside any transaction, write all of them back in one; how many were claimed."""
    by, now = system_actor(house, "locator"), clock.now()
    with acting(by):
        claimed = rows(CLAIM_DUE, {"now": now, "until": now + CLAIM, "limit": limit})
        placed = latest_locations(item_ids=[row["item_id"] for row in claimed]) if claimed else {}
    point("contacts: claimed")
    if not claimed:
        return 0
    with ThreadPoolExecutor(AT_ONCE) as threads:
        came = list(threads.map(lambda row: _put(row, list(questions(row, placed.get(row["item_id"]))), ask), claimed))
    point("contacts: asked")
    _write_back(came, by, clock.now())
    point("contacts: committed")
    return len(claimed)


def questions(item: Row, located: Row | None) -> Iterator[Question]:
    """What to ask about an item, best first: its origin or addresses, the networks that announce them, its name.

    Of the name the last two labels are asked, then the last three: a registry knows the registered name alone.
    """
    seen = sorted(located["seen"], key=lambda one: one.get("role") != "origin") if located else []
    yield from (Question("ip", ip) for ip in list(dict.fromkeys(one["ip"] for one in seen))[:MOST])
    numbers = dict.fromkeys(one["asn"] for one in seen if one["asn"])
    yield from (Question("autnum", str(number)) for number in list(numbers)[:MOST])
    labels = item["site"].split(".")
    if item["kind"] == "url" and address_of(item["site"]) is None and len(labels) > 1:
        names = dict.fromkeys(".".join(labels[-count:]) for count in (2, 3))
        yield from (Question("domain", name) for name in list(names)[:MOST])


def _put(row: Row, asked: Sequence[Question], ask: Ask) -> Came:
    tried: list[tuple[Question, Answered]] = []
    for question in asked:
        tried.append((question, ask(question.kind, question.value)))
        if tried[-1][1].outcome == "found":
            break
    return Came(row, tuple(tried))


def _write_back(came: Sequence[Came], by: Actor, at: datetime) -> None:
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=[one.row["item_id"] for one in came])
        written = {row["id"] for row in rows(WRITE, [as_json([_written(one, at) for one in came])])}
        point("contacts: written")
        ended = [one for one in came if one.row["id"] in written and one.later is None]
        record([_told(one, at) for one in ended], by=by, at=at)


def _written(came: Came, at: datetime) -> dict[str, object]:
    later, (question, answered) = came.later, came.found or (None, Answered("no_mailbox"))
    return {
        "id": came.row["id"],
        "state": "waiting" if later else "done",
        "due": at + later if later else None,
        "done": None if later else at,
        "address": question.value if question else "",
        "found_by": FOUND_BY[question.kind] if question else "",
        "mail": answered.mail,
        "name": answered.name,
        "handle": answered.handle,
        "tried": [
            {"by": FOUND_BY[q.kind], "asked": q.value, "server": a.server, "outcome": a.outcome, "status": a.status}
            for q, a in came.tried
        ],
    }


def _told(came: Came, at: datetime) -> NewEvent:
    found = came.found
    body = {
        "lookup": str(came.row["id"]),
        "found_by": FOUND_BY[found[0].kind] if found else "",
        "mailbox": found[1].mail if found else "",
        "tried": len(came.tried),
    }
    return NewEvent(kind=events.CONTACT_FOUND, item=came.row["item_id"], body=body, happened_at=at)
