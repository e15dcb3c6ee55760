"""The register of what the hotline sent abroad: the copies that police and justice get of it."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.items.services import note_listing
from maillon.kernel.clock import BRUSSELS
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row, rows

ENTRIES = """
SELECT a.id, a.item_id, a.arrived_at, a.severity, a.flags, a.state, a.referral,
  a.body->'location'->>'country' AS country, a.body->'assessment'->>'code' AS code,
  a.body->'assessment'->>'outcome' AS outcome, s.name AS site
FROM inbox_arrival a
JOIN items_item i ON i.house = a.house AND i.id = a.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE a.purpose = 'copy' AND a.kind = 'referral'
  AND (%(since)s::timestamptz IS NULL OR a.arrived_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR a.arrived_at < %(until)s)
  AND (%(country)s = '' OR a.body->'location'->>'country' = %(country)s)
"""

NEWEST = (
    ENTRIES + "AND (a.arrived_at, a.id) < (%(at)s, %(id)s::uuid) ORDER BY a.arrived_at DESC, a.id DESC LIMIT %(limit)s"
)

COUNTRIES = """
SELECT DISTINCT body->'location'->>'country' AS country FROM inbox_arrival
WHERE purpose = 'copy' AND kind = 'referral' ORDER BY 1
"""

LAST = (datetime.max.replace(tzinfo=BRUSSELS), UUID(int=2**128 - 1))
"""Before the newest entry."""


class Wanted(NamedTuple):
    """Which entries: those of the days [since, until) in Brussels, of one country; None and "" leave it open."""

    since: date | None = None
    until: date | None = None
    country: str = ""

    def params(self) -> dict[str, object]:
        return {"since": _midnight(self.since), "until": _midnight(self.until), "country": self.country}


def register(*, wanted: Wanted, before: tuple[datetime, UUID] = LAST, limit: int) -> list[Row]:
    """Entries, the newest first: when it came, `site`, `country` of the server, `severity`, `outcome`, `state`."""
    return rows(NEWEST, {**wanted.params(), "at": before[0], "id": before[1], "limit": limit})


def countries() -> list[str]:
    """Every country in the register."""
    return [row["country"] for row in rows(COUNTRIES) if row["country"]]


def take_register(*, wanted: Wanted, reason: str, by: Actor, at: datetime) -> list[Row]:
    """The whole of it, oldest first; that it was taken out, and why, stays on record. Raises NotAllowed."""
    with acting(by):
        check(by, Permission.READ_REGISTER)
        found = rows(f"{ENTRIES} ORDER BY a.arrived_at, a.id", wanted.params())
        note_listing(what="register", reason=reason, count=len(found), recipient="", by=by, at=at)
        return found


def _midnight(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS) if day else None
