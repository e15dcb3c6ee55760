"""Write down where items were found to be, and tell of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.items.services import set_country
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7s
from maillon.observation import events
from maillon.observation.conclude import Conclusion
from maillon.observation.finding import Found, as_row, confidence, hop_as_row
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import as_json, rows, run

AFTER = (
    "greatest({at}, "
    "(SELECT max(observed_at) + interval '1 microsecond' FROM observation_location WHERE item_id = {item}))"
)
"""The moment of a new location, as SQL: after every other of its item, so that the latest is never a matter of luck."""

ADD = f"""
INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain, hops, confidence, origin)
SELECT %(house)s, g.id, g.item_id, {AFTER.format(at="%(at)s", item="g.item_id")}, g.country, g.reason,
  g.method, '', '', g.asns, g.seen, g.chain, g.hops,
  g.confidence, g.origin
FROM json_to_recordset(%(found)s::json) AS g(id uuid, item_id uuid, country text, reason text, method text, asns jsonb,
  seen jsonb, chain jsonb, hops jsonb, confidence text, origin text)
"""

STATED = "SELECT DISTINCT item_id FROM observation_location WHERE item_id = ANY(%s) AND method = 'person'"
"""What a person stated stands until a person states otherwise; what the sources say later is kept beside it."""


def add_locations(found: Sequence[Found], *, by: Actor, at: datetime) -> None:
    """A location of each, the items' countries, an event of each; in as many statements as for one.

    The caller holds the items' locks. `asns` are the networks of where the content lies: of the origin where one is
    known, of every hop where there are several.
    """
    if not found:
        return
    ids = uuid7s(at, len(found))
    run(
        ADD,
        {"house": by.house, "at": at, "found": as_json([_row(f, id, at) for f, id in zip(found, ids, strict=True)])},
    )
    point("locate: written")
    items = [f.lookup["item_id"] for f in found]
    stated = {row["item_id"] for row in rows(STATED, [items])}
    free = [(item, f.conclusion.country) for item, f in zip(items, found, strict=True) if item not in stated]
    set_country(item_ids=[item for item, _ in free], countries=[country for _, country in free], at=at)
    point("locate: country set")
    news = [
        located(f.lookup["item_id"], id, f.conclusion, _method(f), "", at, f.lookup["cause"])
        for f, id in zip(found, ids, strict=True)
    ]
    record(news, by=by, at=at)
    point("locate: recorded")


def _method(found: Found) -> str:
    return "origin" if found.origin else "sources"


def _row(found: Found, id: UUID, at: datetime) -> dict[str, object]:
    on = brussels_day(at)
    seen = [as_row(one, on, "name") for one in found.front]
    if found.origin:
        seen.append(as_row(found.origin, on, "origin"))
    return {
        "id": id,
        "item_id": found.lookup["item_id"],
        "country": found.conclusion.country,
        "reason": str(found.conclusion.reason),
        "method": _method(found),
        "asns": sorted({one.asn for one in found.hosting if one.asn}),
        "seen": seen,
        "chain": list(found.answer.chain) if found.answer else [],
        "hops": [hop_as_row(hop, on) for hop in found.hops],
        "confidence": confidence(found.hosting, on),
        "origin": found.origin.ip if found.origin else "",
    }


def located(
    item: UUID,
    id: UUID,
    conclusion: Conclusion,
    method: str,
    statement: str,
    at: datetime,
    cause: UUID | None,
) -> NewEvent:
    """The event of a location that was written down."""
    body = {
        "location": str(id),
        "country": conclusion.country,
        "reason": str(conclusion.reason),
        "method": method,
        "statement": statement,
    }
    return NewEvent(kind=events.LOCATED, item=item, body=body, happened_at=at, cause=cause)
