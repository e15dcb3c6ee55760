"""Matters a page at a time, and how many there are: each page begins after the last row of the one before."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, one, rows

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a matter without a term stands among those that have one."""

OFFERED = 50
"""How many of the most urgent are tried by whoever takes the next one."""


class Place(NamedTuple):
    """A place in the list, which is ordered by these four: `calm` is 0 where danger is imminent, `mild` 9 less the
    severity."""

    calm: int
    mild: int
    term: datetime
    id: UUID


FIRST = Place(0, 0, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

WANTED: Mapping[str, str] = {
    "open": "state <> 'closed'",
    "mine": "state = 'taken' AND taken_by = %(person)s",
    "unit": "state <> 'closed' AND unit = %(unit)s",
    "free": "state = 'waiting'",
    "late": "state <> 'closed' AND due_at < %(at)s",
    "closed": "state = 'closed'",
}
"""Which matters, by the name of a list."""

URGENCY = f"""
CASE WHEN 'imminent_danger' = ANY(flags) THEN 0 ELSE 1 END AS calm, 9 - coalesce(severity, 0) AS mild,
  coalesce(due_at, '{NEVER:%Y-%m-%d %H:%M:%S+00}'::timestamptz) AS term
"""

# What demands a clearance hides with its item.
BY_URGENCY = f"""
SELECT m.*, s.name AS site, i.country,
  (SELECT count(*) FROM inbox_arrival a WHERE a.matter_id = m.id AND a.state = 'waiting') AS unanswered,
  (SELECT count(*) FROM inbox_arrival a WHERE a.matter_id = m.id) AS arrivals,
  ARRAY(SELECT DISTINCT coalesce(nullif(a.sender_name, ''), a.sender) FROM inbox_arrival a
    WHERE a.matter_id = m.id ORDER BY 1 LIMIT 3) AS senders
FROM (SELECT *, {URGENCY} FROM inbox_matter WHERE {{wanted}}) m
LEFT JOIN items_item i ON i.house = m.house AND i.id = m.item_id
LEFT JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE (m.item_id IS NULL OR i.id IS NOT NULL) AND (calm, mild, term, m.id) > (%(calm)s, %(mild)s, %(term)s, %(id)s)
ORDER BY calm, mild, term, m.id LIMIT %(limit)s
"""

CANDIDATES = f"""
SELECT m.id, m.item_id FROM (SELECT *, {URGENCY} FROM inbox_matter
  WHERE state = 'waiting' OR state = 'passed' AND unit = %s) m
LEFT JOIN items_item i ON i.house = m.house AND i.id = m.item_id
WHERE m.item_id IS NULL OR i.id IS NOT NULL ORDER BY calm, mild, term, m.id LIMIT %s
"""

TALLIES = f"""
SELECT {", ".join(f"count(*) FILTER (WHERE m.{name}) AS {name}" for name in WANTED if name != "closed")},
  count(*) FILTER (WHERE m.mine AND m.late) AS mine_late, count(*) FILTER (WHERE m.free AND m.late) AS free_late,
  count(*) FILTER (WHERE m.unanswered) AS unanswered, count(*) FILTER (WHERE m.unanswered AND m.late) AS unanswered_late
FROM (SELECT house, item_id, {", ".join(f"coalesce({test}, false) AS {name}" for name, test in WANTED.items())},
    due_at IS NOT NULL AS unanswered
  FROM inbox_matter WHERE state <> 'closed') m
LEFT JOIN items_item i ON i.house = m.house AND i.id = m.item_id WHERE m.item_id IS NULL OR i.id IS NOT NULL
"""


def matters(*, wanted: str, by: Actor, at: datetime, after: Place = FIRST, limit: int) -> list[Row]:
    """The matters of one of the lists of WANTED: imminent danger on top, then the gravest, then the nearest term.

    Each with `site`, `country`, how many `arrivals` and how many of them `unanswered`, and who sent (`senders`).
    """
    params = {"person": by.name, "unit": by.organisation, "at": at, "limit": limit, **after._asdict()}
    return rows(BY_URGENCY.format(wanted=WANTED[wanted]), params)


def tallies(*, by: Actor, at: datetime) -> Row:
    """How many matters each list has, the closed ones aside; `unanswered` those in which something waits."""
    found = one(TALLIES, {"person": by.name, "unit": by.organisation, "at": at})
    assert found is not None
    return found


def candidates(*, unit: str) -> list[Row]:
    """The most urgent matters that nobody has or that wait for `unit`: id, item_id."""
    return rows(CANDIDATES, [unit, OFFERED])


def arrivals_of(*, item_id: UUID) -> list[Row]:
    """Everything that arrived about one item, oldest first."""
    return rows("SELECT * FROM inbox_arrival WHERE item_id = %s ORDER BY arrived_at, id", [item_id])
