"""Find or make items and sites, and keep an item's own state. Callers record the event; they hold the item's lock."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.items import events
from maillon.items.addresses import Location
from maillon.items.states import ITEM, Item
from maillon.kernel.errors import NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

LOCK = """
SELECT id, state, verdict, settled_at, country, url, canonical, kind, site_id, reported_at FROM items_item
WHERE id = %s FOR NO KEY UPDATE
"""

LOCK_MANY = LOCK.replace("WHERE id = %s", "WHERE id = ANY(%s) ORDER BY id")


SHARE = """
WITH shared AS (
  UPDATE items_item SET shared_with = array_append(shared_with, %(organisation)s::text)
  WHERE id = %(item)s AND NOT %(organisation)s = ANY(shared_with) RETURNING house, site_id
)
UPDATE items_site s SET shared_with = array_append(s.shared_with, %(organisation)s::text)
FROM shared WHERE s.house = shared.house AND s.id = shared.site_id AND NOT %(organisation)s = ANY(s.shared_with)
"""


def lock_item(*, item_id: UUID) -> Row:
    """The item's row, locked until the transaction ends. Raises NotFound."""
    found = one(LOCK, [item_id])
    if found is None:
        raise NotFound(f"There is no item {item_id}; `maillon items` lists them.")
    return found


def lock_items(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The rows of several items, locked in the order of their ids so that two lockers never wait for each other."""
    found = rows(LOCK_MANY, [list(item_ids)])
    return {row["id"]: row for row in found}


def share_item(*, item_id: UUID, organisation: str) -> None:
    """From now on `organisation` sees the item although it sees only what is given to it. Safe to repeat.

    For services that give something about the item to `organisation`, which they checked that their caller may.
    """
    with as_program():
        run(SHARE, {"item": item_id, "organisation": organisation})


def settle_item(*, item: Row, verdict: str, at: datetime) -> None:
    """Note the outcome last settled. An item that is offline stays so."""
    target = Item.OFFLINE if item["state"] == Item.OFFLINE else Item(verdict)
    state = ITEM.step(item["state"], "settle", target)
    run(
        "UPDATE items_item SET state = %s, verdict = %s, settled_at = %s WHERE id = %s",
        [state, verdict, at, item["id"]],
    )


def note_former(*, item_id: UUID) -> None:
    """Note that a former record settled the item: when it was located here tells nothing of how long that took."""
    run("UPDATE items_item SET former = true WHERE id = %s AND NOT former", [item_id])


def correct_verdict(*, item: Row, verdict: str, at: datetime) -> None:
    """Note another outcome of the round last settled, while a later round is open: the item's state stays."""
    run("UPDATE items_item SET verdict = %s, settled_at = %s WHERE id = %s", [verdict, at, item["id"]])


def restore_verdict(*, item: Row, verdict: str, at: datetime | None) -> None:
    """What was settled last is undone: the outcome settled before it at `at` holds again, or none ("" and None)."""
    run("UPDATE items_item SET verdict = %s, settled_at = %s WHERE id = %s", [verdict, at, item["id"]])


def unsettle_item(*, item: Row) -> None:
    """A settled outcome is in doubt again: the item is open, its last verdict stands until another is settled."""
    if item["state"] in (Item.ILLEGAL, Item.NOT_ILLEGAL):
        run("UPDATE items_item SET state = %s WHERE id = %s", [ITEM.step(item["state"], "unsettle"), item["id"]])


def note_offline(*, item_id: UUID, statement: str, by: Actor, at: datetime) -> None:
    """Note that a person saw the location offline. Raises NotAllowed, NotFound, ForbiddenStep."""
    with acting(by):
        check(by, Permission.NOTE_OFFLINE)
        item = lock_item(item_id=item_id)
        state = ITEM.step(item["state"], "go offline")
        run("UPDATE items_item SET state = %s WHERE id = %s", [state, item_id])
        event = NewEvent(kind=events.OFFLINE, item=item_id, body={"statement": statement}, happened_at=at)
        record([event], by=by, at=at)


LISTS = {
    "items": Permission.LIST_ITEMS,
    "referrals": Permission.LIST_REFERRALS,
    "register": Permission.READ_REGISTER,
}
"""What takes which permission to take out."""


def note_listing(*, what: str, reason: str, count: int, recipient: str, by: Actor, at: datetime) -> None:
    """Leave a trace that `by` took a list out, and why. `recipient` is the key it was encrypted to, or ""."""
    with acting(by):
        check(by, LISTS[what])
        body = {"what": what, "reason": reason, "count": count, "recipient": recipient}
        record([NewEvent(kind=events.LISTED, item=None, body=body, happened_at=at)], by=by, at=at)


def set_country(*, item_ids: Sequence[UUID], countries: Sequence[str], at: datetime) -> None:
    """Note where items were last located: a country code, or `undetermined`."""
    run(
        "UPDATE items_item i SET country = g.country, located_at = %s, "
        "first_located_at = coalesce(i.first_located_at, %s) "
        "FROM unnest(%s::uuid[], %s::text[]) AS g(id, country) WHERE i.id = g.id",
        [at, at, list(item_ids), list(countries)],
    )


COPY_SITE = """
INSERT INTO items_site (house, id, kind, name) VALUES (%s, %s, %s, %s) ON CONFLICT (house, kind, name) DO NOTHING
"""

COPY_ITEM = """
INSERT INTO items_item (house, id, key, kind, site_id, url, canonical, state, verdict, country, former, made_at, origin,
  origin_ref)
SELECT %(house)s, %(id)s, %(key)s, %(kind)s, s.id, %(url)s, %(canonical)s, 'open', '', '', false, %(at)s, %(origin)s,
  %(ref)s
FROM items_site s WHERE s.kind = %(site_kind)s AND s.name = %(site)s
ON CONFLICT (house, key) DO NOTHING
"""


def copy_item(*, house: str, location: Location, origin: str, ref: str, at: datetime) -> UUID:
    """This house's own row for a location that `origin` wrote about under its reference `ref`; its id, locked."""
    run(COPY_SITE, [house, uuid7(at), location.site_kind, location.site])
    params = {
        "house": house,
        "id": uuid7(at),
        "key": location.key,
        "kind": location.kind,
        "url": location.given,
        "canonical": location.canonical,
        "at": at,
        "origin": origin,
        "ref": ref,
        "site_kind": location.site_kind,
        "site": location.site,
    }
    run(COPY_ITEM, params)
    found = one("SELECT id FROM items_item WHERE key = %s FOR NO KEY UPDATE", [location.key])
    assert found is not None
    return UUID(str(found["id"]))
