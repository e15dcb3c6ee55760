"""Requests as the lists of pages show them, by what they wait for, each with its site, its order and its hold."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from maillon.outbox.sql import Row, one, rows


class Part(NamedTuple):
    """One part of the lists: which requests, the moment they are ordered by, which end comes first."""

    which: str
    moment: str
    gravest: bool = False
    newest: bool = False


PARTS = {
    "confirm": Part("r.state = 'approved'", "confirm_by"),
    "recalled": Part("r.state IN ('ordered', 'left_online') AND r.recalled_at IS NOT NULL", "due_at"),
    "decide": Part("r.state = 'requested'", "due_at", gravest=True),
    "write": Part("r.state = 'confirmed'", "until"),
    "in_force": Part("r.state = 'ordered' AND r.recalled_at IS NULL", "until"),
    "online": Part("r.state = 'left_online' AND r.recalled_at IS NULL", "coalesce(review_at, held_until)"),
    "ended": Part(
        "r.state IN ('refused', 'withdrawn', 'ended')", "greatest(ended_at, decided_at, requested_at)", newest=True
    ),
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
SELECT r.id, r.item_id, r.kind, r.office, r.language, r.reasons, r.legal_basis, r.urgent, r.severity, r.state,
  r.requested_by, r.requested_at, r.due_at, r.due_rule, r.review_at, r.decided_by, r.decided_at, r.words, r.recalled_at,
  r.document IS NOT NULL AS written, s.name AS site, f.name AS office_name, coalesce(m.flags, ARRAY[]::text[]) AS flags,
  o.id AS order_id, o.form, o.state AS order_state, o.magistrate, o.given_at, o.until, o.confirm_by, o.confirm_rule,
  o.number, o.words AS order_words, o.recorded_by, o.ended_at, o.ended_why, h.id AS hold_id, h.until AS held_until,
  EXISTS (SELECT 1 FROM decision_measure n JOIN decision_order y ON y.house = n.house AND y.id = n.order_id
    WHERE y.house = r.house AND y.request_id = r.id AND n.state IN ('asked', 'ending')) AS unanswered
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

ORDERS = """
SELECT o.id, o.form, o.state, o.number, o.magistrate, o.language, o.words, o.legal_basis, o.given_at, o.until,
  o.confirm_by, o.confirmed_at, o.recorded_by, o.recorded_at, o.ended_at, o.ended_by, o.ended_why,
  o.document IS NOT NULL AS written, o.ended_document IS NOT NULL AS lifted_in_writing
FROM decision_order o WHERE o.request_id = %s ORDER BY o.recorded_at DESC, o.id DESC
"""

MEASURES = """
SELECT m.*, p.name AS procedure_name, g.name AS provider FROM decision_measure m
JOIN decision_order o ON o.house = m.house AND o.id = m.order_id
LEFT JOIN decision_procedure p ON p.house = m.house AND p.id = m.procedure_id
LEFT JOIN access_organisation g ON g.house = m.house AND g.id = m.partner
WHERE o.request_id = %s ORDER BY m.recorded_at, m.id
"""

COUNTED = """
SELECT {counted} FROM decision_request r
LEFT JOIN decision_order o ON o.house = r.house AND o.request_id = r.id AND o.state = 'provisional'
WHERE %(office)s = '' OR r.office = %(office)s
"""

LATE = "coalesce(o.confirm_by, r.due_at) < %(at)s"


def decisions(*, part: str, office: str = "", after: Place = FIRST, limit: int) -> list[Row]:
    """The requests of one of PARTS, addressed to `office` ("" for all), after a place.

    Each is a row of `decision_request` with `site`, `office_name`, `flags`, the running or last order (`order_id`,
    `form`, `order_state`, `magistrate`, `until`, `confirm_by`, …; None where there is none) and `held_until`.
    """
    chosen = PARTS[part]
    moment = f"coalesce((extract(epoch FROM {chosen.moment}) * 1000000)::bigint, {LAST})"
    statement = PAGE.format(
        rows=ROWS.format(which=f"{chosen.which} AND (%(office)s = '' OR r.office = %(office)s)"),
        calm="CASE WHEN urgent OR 'imminent_danger' = ANY(flags) THEN 0 ELSE 1 END" if chosen.gravest else "0",
        mild="9 - coalesce(severity, 0)" if chosen.gravest else "0",
        moment=f"{LAST} - {moment}" if chosen.newest else moment,
    )
    return rows(statement, {"office": office, "limit": limit, **after._asdict()})


def decision(*, id: UUID) -> Row | None:
    """One request in the same shape, whatever its state; None where there is none to be seen."""
    found = rows(ROWS.format(which="r.id = %(id)s"), {"id": id})
    return found[0] if found else None


def decisions_of(*, item_id: UUID) -> list[Row]:
    """Every request about one item in the same shape, newest first."""
    return rows(f"{ROWS.format(which='r.item_id = %(item)s')} ORDER BY r.requested_at DESC, r.id", {"item": item_id})


def orders_under(*, request_id: UUID) -> list[Row]:
    """The orders given on a request, the newest first; `written` and `lifted_in_writing` tell of their documents.

    `extensions` are those of each, oldest first: id, words, before, until, given_by, given_at.
    """
    found, extensions = rows(ORDERS, [request_id]), rows(EXTENSIONS, [request_id])
    return [order | {"extensions": [e for e in extensions if e["order_id"] == order["id"]]} for order in found]


EXTENSIONS = """
SELECT e.id, e.order_id, e.words, e.before, e.until, e.given_by, e.given_at FROM decision_extension e
JOIN decision_order o ON (o.house, o.id) = (e.house, e.order_id) WHERE o.request_id = %s ORDER BY e.given_at, e.id
"""


def measures_under(*, request_id: UUID) -> list[Row]:
    """What was asked of providers under the orders of a request, with `procedure_name` and `provider`, oldest first."""
    return rows(MEASURES, [request_id])


def counts(*, office: str = "", at: datetime) -> dict[str, tuple[int, int]]:
    """By part except "ended": how many requests, and how many of them are past their term at `at`."""
    names = [name for name in PARTS if name != "ended"]
    counted = ", ".join(
        f"count(*) FILTER (WHERE {PARTS[name].which}) AS {name}, "
        f"count(*) FILTER (WHERE {PARTS[name].which} AND {LATE}) AS {name}_late"
        for name in names
    )
    found = one(COUNTED.format(counted=counted), {"office": office, "at": at}) or {}
    return {name: (found[name], found[f"{name}_late"]) for name in names}
