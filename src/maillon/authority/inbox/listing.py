"""Arrivals a page at a time, and how many wait: each page begins after the last row of the one before."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from maillon.outbox.sql import Row, one, rows

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where an arrival without a term stands among those that have one."""


class Place(NamedTuple):
    """A place in the list, which is ordered by these four: `calm` is 0 where danger is imminent, `mild` 9 less the
    severity."""

    calm: int
    mild: int
    term: datetime
    id: UUID


FIRST = Place(0, 0, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

BY_URGENCY = """
SELECT a.*, s.name AS site FROM (
  SELECT *, CASE WHEN 'imminent_danger' = ANY(flags) THEN 0 ELSE 1 END AS calm, 9 - coalesce(severity, 0) AS mild,
    coalesce(due_at, %(never)s) AS term
  FROM inbox_arrival WHERE state = ANY(%(states)s)
) a
JOIN items_item i ON i.house = a.house AND i.id = a.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE (a.calm, a.mild, a.term, a.id) > (%(calm)s, %(mild)s, %(after)s, %(id)s)
ORDER BY a.calm, a.mild, a.term, a.id LIMIT %(limit)s
"""

WAITING = """
SELECT count(*) AS total, count(*) FILTER (WHERE due_at < %s) AS late FROM inbox_arrival WHERE state = 'waiting'
"""


def arrivals_by_urgency(*, states: list[str], after: Place = FIRST, limit: int) -> list[Row]:
    """Arrivals in any of `states` after a place: imminent danger on top, then the gravest, then the nearest term."""
    params = {"calm": after.calm, "mild": after.mild, "after": after.term, "id": after.id}
    return rows(BY_URGENCY, {"states": states, "never": NEVER, "limit": limit, **params})


def arrivals_of(*, item_id: UUID) -> list[Row]:
    """Everything that arrived about one item, oldest first."""
    return rows("SELECT * FROM inbox_arrival WHERE item_id = %s ORDER BY arrived_at, id", [item_id])


def waiting(*, at: datetime) -> tuple[int, int]:
    """How many arrivals nobody took note of yet, and how many of them are past their term."""
    found = one(WAITING, [at])
    assert found is not None
    return found["total"], found["late"]
