"""What is known of one item, and what happened: an item's timeline, a house's latest events."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from maillon.outbox.sql import Row, one, rows

LAST = 2**63 - 1
"""Beyond every event's id: a timeline read from its newest event."""

ITEM = """
SELECT i.id, i.kind, i.url, i.canonical, i.state, i.verdict, i.settled_at, i.country, i.located_at, i.made_at,
  i.origin, s.name AS site, s.kind AS site_kind
FROM items_item i JOIN items_site s ON s.house = i.house AND s.id = i.site_id WHERE i.id = %s
"""

# What happened to an item hides with it: row security keeps the item out of the join.
EVENTS = """
SELECT e.id, e.uid, e.kind, e.item, e.actor, e.organisation, e.cause, e.rule, e.happened_at, e.recorded_at, b.body
FROM outbox_event e LEFT JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
LEFT JOIN items_item i ON i.house = e.house AND i.id = e.item
WHERE (e.item IS NULL OR i.id IS NOT NULL) AND {what} e.id < %(before)s ORDER BY e.id DESC LIMIT %(limit)s
"""


def item(*, id: UUID) -> Row | None:
    """The item with this id and its site; None where the house acted in has no such item."""
    return one(ITEM, [id])


def items(*, ids: Sequence[UUID]) -> list[Row]:
    """Those of the items that the actor may see, in the shape of `item` and in the order of `ids`. One statement."""
    found = {row["id"]: row for row in rows(ITEM.replace("i.id = %s", "i.id = ANY(%s)"), [list(ids)])}
    return [found[id] for id in ids if id in found]


def timeline(*, item_id: UUID, before: int = LAST, without: str = "", limit: int = 100) -> list[Row]:
    """The item's events, newest first, those with an id under `before`; none of the kind `without`.

    `body` has the fields that the event's kind names; None where retention erased it.
    """
    params: dict[str, object] = {"item": item_id, "before": before, "without": without, "limit": limit}
    return _events("e.item = %(item)s AND e.kind <> %(without)s AND", params)


def latest_events(*, without: str = "", limit: int = 20) -> list[Row]:
    """The newest events of the house acted in, in the same shape as `timeline`."""
    return _events("e.kind <> %(without)s AND", {"before": LAST, "without": without, "limit": limit})


def _events(what: str, params: dict[str, object]) -> list[Row]:
    found = rows(EVENTS.format(what=what), params)
    return [{**row, "body": orjson.loads(bytes(row["body"])) if row["body"] is not None else None} for row in found]
