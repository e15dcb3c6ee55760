"""Items and referrals of the hotline, a page at a time: each page begins after the last row of the one before."""

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID

from maillon.hotline.referral.states import RUNNING, TERM, Referral
from maillon.outbox.sql import Row, rows

FIRST = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
"""Before every row that is ordered by moment and id."""
LAST = UUID(int=2**128 - 1)
"""Beyond every id: a list read from its newest row."""

# Each statement chooses its rows first and looks around them afterwards.
AROUND_ITEM = """
SELECT i.*, s.name AS site, said.reports, said.reference, said.received_at, c.state AS stage,
  least(c.due_at, f.due_at) AS due_at
FROM ({chosen}) i JOIN items_site s ON s.house = i.house AND s.id = i.site_id
LEFT JOIN LATERAL (
  SELECT count(*) AS reports, (array_agg(r.reference ORDER BY r.received_at, r.reference))[1] AS reference,
    min(r.received_at) AS received_at
  FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
  WHERE l.house = i.house AND l.item_id = i.id
) said ON true
LEFT JOIN LATERAL (
  SELECT state, due_at FROM analysis_case WHERE house = i.house AND item_id = i.id ORDER BY round DESC LIMIT 1
) c ON true
LEFT JOIN LATERAL (
  SELECT min(due_at) AS due_at FROM referral_referral WHERE house = i.house AND item_id = i.id
) f ON true
"""

NEWEST = """
SELECT house, id, kind, site_id, country, state, verdict, made_at FROM items_item
WHERE id < %(before)s AND state = ANY(%(states)s) ORDER BY id DESC LIMIT %(limit)s
"""

WAITING = """
SELECT i.house, i.id, i.kind, i.site_id, i.country, i.state, i.verdict, i.made_at, w.opened_at, w.id AS case_id
FROM (
  SELECT house, id, item_id, opened_at FROM analysis_case
  WHERE state = %(state)s AND (opened_at, id) > (%(after)s, %(after_id)s) ORDER BY opened_at, id LIMIT %(limit)s
) w JOIN items_item i ON i.house = w.house AND i.id = w.item_id
"""

AROUND_REFERRAL = """
SELECT f.*, s.name AS site, said.reports, said.reference, h.until AS held_until, o.outcome AS became
FROM ({chosen}) f
JOIN items_item i ON i.house = f.house AND i.id = f.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
LEFT JOIN LATERAL (
  SELECT count(*) AS reports, (array_agg(r.reference ORDER BY r.received_at, r.reference))[1] AS reference
  FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
  WHERE l.house = f.house AND l.item_id = f.item_id
) said ON true
LEFT JOIN LATERAL (
  SELECT max(until) AS until FROM referral_hold
  WHERE house = f.house AND item_id = f.item_id AND ended_at IS NULL AND f.state = 'drafted' AND f.send_at IS NULL
) h ON true
LEFT JOIN LATERAL (
  SELECT outcome FROM referral_outcome
  WHERE house = f.house AND item_id = f.item_id AND f.partner_kind IN ('federal_police', 'local_police')
  ORDER BY happened_at DESC, taken_at DESC LIMIT 1
) o ON true
"""
"""`held_until` where a hold keeps a draft here, `became` what the authority made of what it got; NULL elsewhere."""

# Each state by its own part of the index `referral_running`, which the planner finds where the state is no parameter.
IN_STATE = f"""(
  SELECT *, {TERM} AS term FROM referral_referral
  WHERE state = '{{state}}' AND {TERM} < %(until)s AND ({TERM}, id) > (%(after)s, %(after_id)s)
  ORDER BY {TERM}, id LIMIT %(limit)s
)"""

BY_TERM = "SELECT * FROM ({in_states}) f ORDER BY term, id LIMIT %(limit)s"

BY_DRAFT = "SELECT * FROM referral_referral WHERE id < %(before)s ORDER BY id DESC LIMIT %(limit)s"

OF_ITEM = "SELECT * FROM referral_referral WHERE item_id = %s"


def newest_items(*, states: list[str], before: UUID = LAST, limit: int) -> list[Row]:
    """Items in any of `states`, newest first, those with an id under `before`.

    `due_at` is the earliest term that runs for the item, `stage` the state of its latest case.
    """
    return rows(_around_item(NEWEST, "i.id DESC"), {"states": states, "before": before, "limit": limit})


def waiting_items(*, state: str, after: tuple[datetime, UUID] = FIRST, limit: int) -> list[Row]:
    """Items whose case is in `state`, longest waiting first, those after the moment and case id of `after`."""
    return rows(
        _around_item(WAITING, "i.opened_at, i.case_id"),
        {"state": state, "after": after[0], "after_id": after[1], "limit": limit},
    )


def referrals_by_term(
    *,
    states: Iterable[Referral] = RUNNING,
    until: datetime | None = None,
    after: tuple[datetime, UUID] = FIRST,
    limit: int,
) -> list[Row]:
    """Referrals in `states`, which are some of RUNNING, nearest term first; `until` keeps terms that end before it."""
    params = {
        "until": until or datetime.max.replace(tzinfo=UTC),
        "after": after[0],
        "after_id": after[1],
        "limit": limit,
    }
    return rows(by_term(states), params)


def by_term(states: Iterable[Referral]) -> str:
    """The statement of `referrals_by_term`."""
    in_states = " UNION ALL ".join(IN_STATE.format(state=state) for state in states)
    return _around_referral(BY_TERM.format(in_states=in_states), "f.term, f.id")


def newest_referrals(*, before: UUID = LAST, limit: int) -> list[Row]:
    """Every referral, newest first, those with an id under `before`."""
    return rows(_around_referral(BY_DRAFT, "f.id DESC"), {"before": before, "limit": limit})


def referrals_of(*, item_id: UUID) -> list[Row]:
    """Every referral of one item, oldest first, call-backs among them."""
    return rows(_around_referral(OF_ITEM, "f.drafted_at, f.id"), [item_id])


def _around_item(chosen: str, order: str) -> str:
    return f"{AROUND_ITEM.format(chosen=chosen)} ORDER BY {order}"


def _around_referral(chosen: str, order: str) -> str:
    return f"{AROUND_REFERRAL.format(chosen=chosen)} ORDER BY {order}"
