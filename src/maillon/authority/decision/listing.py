"""Requests as the lists of pages show them, by what they wait for, each with its site, its order and its hold."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from maillon.outbox.sql import Row, rows


class Part(NamedTuple):
    """One part of the lists: the states of its requests, the moment they are ordered by, which end comes first."""

    states: tuple[str, ...]
    moment: str
    gravest: bool = False
    newest: bool = False


PARTS = {
    "confirm": Part(("approved",), "confirm_by"),
    "decide": Part(("requested",), "due_at", gravest=True),
    "write": Part(("confirmed",), "until"),
    "in_force": Part(("ordered",), "until"),
    "online": Part(("left_online",), "coalesce(review_at, held_until)"),
    "ended": Part(("refused", "withdrawn", "ended"), "greatest(ended_at, decided_at, requested_at)", newest=True),
}
"""In the order of their haste; the gravest of those to be decided come first, then the nearest term."""

LAST = 2**62


class Place(NamedTuple):
    """A place in a list, which is ordered by these four; `moment` counts microseconds, backwards in "ended"."""

    calm: int
    mild: int
    moment: int
    id: UUID


FIRST = Place(0, 0, 0, UUID(int=0))

ROWS = """
SELECT r.*, s.name AS site, f.name AS office_name, coalesce(m.flags, '{}') AS flags,
  o.id AS order_id, o.form, o.state AS order_state, o.magistrate, o.given_at, o.until, o.confirm_by, o.number,
  o.ended_at, o.ended_why, h.id AS hold_id, h.until AS held_until
FROM decision_request r
JOIN items_item i ON i.house = r.house AND i.id = r.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
LEFT JOIN access_organisation f ON f.house = r.house AND f.id = r.office
LEFT JOIN inbox_matter m ON m.house = r.house AND m.item_id = r.item_id
LEFT JOIN LATERAL (
  SELECT * FROM decision_order x WHERE x.house = r.house AND x.request_id = r.id
  ORDER BY x.state NOT IN ('provisional', 'in_force'), x.recorded_at DESC, x.id DESC LIMIT 1
) o ON true
LEFT JOIN decision_hold h ON h.house = r.house AND h.request_id = r.id AND h.state = 'running'
WHERE {which}
"""

PAGE = """
SELECT * FROM (SELECT q.*, {calm} AS calm, {mild} AS mild, {moment} AS place FROM ({rows}) q) p
WHERE (calm, mild, place, id) > (%(calm)s, %(mild)s, %(moment)s, %(id)s::uuid)
ORDER BY calm, mild, place, id LIMIT %(limit)s
"""

COUNTED = """
SELECT r.state, count(*) AS total, count(*) FILTER (WHERE coalesce(o.confirm_by, r.due_at) < %(at)s) AS late
FROM decision_request r
LEFT JOIN decision_order o ON o.house = r.house AND o.request_id = r.id AND o.state = 'provisional'
WHERE r.state <> ALL(%(ended)s) AND (%(office)s = '' OR r.office = %(office)s) GROUP BY r.state
"""


def decisions(*, part: str, office: str = "", after: Place = FIRST, limit: int) -> list[Row]:
    """The requests of one of PARTS, addressed to `office` ("" for all), after a place.

    Each is a row of `decision_request` with `site`, `office_name`, `flags`, the running or last order (`order_id`,
    `form`, `order_state`, `magistrate`, `until`, `confirm_by`, …; None where there is none) and `held_until`.
    """
    chosen = PARTS[part]
    moment = f"coalesce((extract(epoch FROM {chosen.moment}) * 1000000)::bigint, {LAST})"
    statement = PAGE.format(
        rows=ROWS.format(which="r.state = ANY(%(states)s) AND (%(office)s = '' OR r.office = %(office)s)"),
        calm="CASE WHEN urgent OR 'imminent_danger' = ANY(flags) THEN 0 ELSE 1 END" if chosen.gravest else "0",
        mild="9 - coalesce(severity, 0)" if chosen.gravest else "0",
        moment=f"{LAST} - {moment}" if chosen.newest else moment,
    )
    return rows(statement, {"states": list(chosen.states), "office": office, "limit": limit, **after._asdict()})


def decision(*, id: UUID) -> Row | None:
    """One request in the same shape, whatever its state; None where there is none to be seen."""
    found = rows(ROWS.format(which="r.id = %(id)s"), {"id": id})
    return found[0] if found else None


def decisions_of(*, item_id: UUID) -> list[Row]:
    """Every request about one item in the same shape, newest first."""
    return rows(f"{ROWS.format(which='r.item_id = %(item)s')} ORDER BY r.requested_at DESC, r.id", {"item": item_id})


def counts(*, office: str = "", at: datetime) -> dict[str, tuple[int, int]]:
    """By part except "ended": how many requests, and how many of them are past their term at `at`."""
    found = {
        row["state"]: (row["total"], row["late"])
        for row in rows(COUNTED, {"office": office, "at": at, "ended": list(PARTS["ended"].states)})
    }
    return {name: found.get(part.states[0], (0, 0)) for name, part in PARTS.items() if name != "ended"}
