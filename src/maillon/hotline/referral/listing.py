"""Items and referrals of the hotline, a page at a time: each page begins after the last row of the one before."""

from datetime import UTC, datetime
from uuid import UUID

from maillon.hotline.referral.overview import RUNNING
from maillon.outbox.sql import Row, rows

FIRST = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))
"""Before every row that is ordered by moment and id."""
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a row without a term stands among those that have one."""
LAST = UUID(int=2**128 - 1)
"""Beyond every id: a list read from its newest row."""

ITEM_COLUMNS = """
SELECT i.id, i.kind, s.name AS site, i.country, i.state, i.verdict, i.made_at, said.reports, said.reference,
  said.received_at, c.state AS stage, least(c.due_at, f.due_at) AS due_at{more}
"""

ITEM_JOINS = """
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
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

NEWEST = f"""
{ITEM_COLUMNS.format(more="")} FROM items_item i {ITEM_JOINS}
WHERE i.id < %(before)s AND i.state = ANY(%(states)s) ORDER BY i.id DESC LIMIT %(limit)s
"""

WAITING = f"""
{ITEM_COLUMNS.format(more=", w.opened_at, w.id AS case_id")}
FROM analysis_case w JOIN items_item i ON i.house = w.house AND i.id = w.item_id {ITEM_JOINS}
WHERE w.state = %(state)s AND (w.opened_at, w.id) > (%(after)s, %(after_id)s)
ORDER BY w.opened_at, w.id LIMIT %(limit)s
"""

REFERRAL_COLUMNS = """
SELECT f.id, f.item_id, s.name AS site, f.country, f.provider_country, f.partner, f.partner_kind, f.purpose, f.channel,
  f.severity, f.flags, f.due_at, f.state, f.rule, f.due_rule, f.reason, f.steps, f.recalls, f.drafted_at, f.sent_at,
  f.acknowledged_at, f.closed_at, said.reports, said.reference
FROM referral_referral f
JOIN items_item i ON i.house = f.house AND i.id = f.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
LEFT JOIN LATERAL (
  SELECT count(*) AS reports, (array_agg(r.reference ORDER BY r.received_at, r.reference))[1] AS reference
  FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
  WHERE l.house = f.house AND l.item_id = f.item_id
) said ON true
"""

BY_TERM = f"""
{REFERRAL_COLUMNS}
WHERE f.state = ANY(%(states)s) AND coalesce(f.due_at, %(never)s) < %(until)s
  AND (coalesce(f.due_at, %(never)s), f.id) > (%(after)s, %(after_id)s)
ORDER BY coalesce(f.due_at, %(never)s), f.id LIMIT %(limit)s
"""

BY_DRAFT = f"{REFERRAL_COLUMNS} WHERE f.id < %(before)s ORDER BY f.id DESC LIMIT %(limit)s"

OF_ITEM = f"{REFERRAL_COLUMNS} WHERE f.item_id = %s ORDER BY f.drafted_at, f.id"


def newest_items(*, states: list[str], before: UUID = LAST, limit: int) -> list[Row]:
    """Items in any of `states`, newest first, those with an id under `before`.

    `due_at` is the earliest term that runs for the item, `stage` the state of its latest case.
    """
    return rows(NEWEST, {"states": states, "before": before, "limit": limit})


def waiting_items(*, state: str, after: tuple[datetime, UUID] = FIRST, limit: int) -> list[Row]:
    """Items whose case is in `state`, longest waiting first, those after the moment and case id of `after`."""
    return rows(WAITING, {"state": state, "after": after[0], "after_id": after[1], "limit": limit})


def referrals_by_term(
    *, states: list[str] | None = None, until: datetime | None = None, after: tuple[datetime, UUID] = FIRST, limit: int
) -> list[Row]:
    """Referrals that wait for something, nearest term first; `until` keeps those whose term ends before it."""
    params = {
        "states": states or [str(s) for s in RUNNING],
        "never": NEVER,
        "until": until or datetime.max.replace(tzinfo=UTC),
        "after": after[0],
        "after_id": after[1],
        "limit": limit,
    }
    return rows(BY_TERM, params)


def newest_referrals(*, before: UUID = LAST, limit: int) -> list[Row]:
    """Every referral, newest first, those with an id under `before`."""
    return rows(BY_DRAFT, {"before": before, "limit": limit})


def referrals_of(*, item_id: UUID) -> list[Row]:
    """Every referral of one item, oldest first, call-backs among them."""
    return rows(OF_ITEM, [item_id])
