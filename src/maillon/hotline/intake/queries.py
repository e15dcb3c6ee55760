"""Look up reports."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from maillon.outbox.sql import Row, one, rows


def report_items(*, reference: str) -> tuple[UUID, list[UUID]] | None:
    """The report with this reference and the items it speaks of, in the order it named them; None if unknown."""
    found = one("SELECT id FROM intake_report WHERE reference = %s", [reference])
    if found is None:
        return None
    links = rows("SELECT item_id FROM intake_report_location WHERE report_id = %s ORDER BY position", [found["id"]])
    return found["id"], [row["item_id"] for row in links]


def items_of_reports(*, references: Sequence[str]) -> list[UUID]:
    """The items that any of these reports speaks of."""
    found = rows(
        "SELECT DISTINCT l.item_id FROM intake_report_location l "
        "JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE r.reference = ANY(%s)",
        [list(references)],
    )
    return [row["item_id"] for row in found]


def items_with_reports() -> list[Row]:
    """Every item of the house acted in, oldest first: its site, state, country, and the references that speak of it."""
    return rows(
        "SELECT i.id AS item, i.url, i.canonical, i.kind, i.state, i.country, i.origin, s.name AS site, "
        "(SELECT array_agg(r.reference ORDER BY r.received_at, r.reference) FROM intake_report_location l "
        " JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE l.item_id = i.id) AS reports "
        "FROM items_item i JOIN items_site s ON s.house = i.house AND s.id = i.site_id ORDER BY i.made_at, i.id"
    )


FIRST = (datetime(1970, 1, 1, tzinfo=UTC), UUID(int=0))
"""Before the first report of a list."""

UNPLACED = """
SELECT id, reference, received_at, channel, language, locations, remark, stated, organisation, entered_by
FROM intake_report WHERE state = 'unplaced' AND (received_at, id) > (%s, %s) ORDER BY received_at, id LIMIT %s
"""

REPORT = """
SELECT r.id, r.reference, r.received_at, r.received_on, r.channel, r.language, r.locations, r.remark, r.outcome,
  r.state, r.stated, r.organisation, r.entered_by, r.demands, r.receipt IS NOT NULL AS receipt,
  EXISTS (SELECT FROM intake_contact c WHERE c.house = r.house AND c.report_id = r.id) AS contact
FROM intake_report r WHERE r.id = %s
"""

ITEMS = """
SELECT i.id AS item, i.url, i.canonical, i.kind, i.state, l.given, l.position
FROM intake_report_location l JOIN items_item i ON i.house = l.house AND i.id = l.item_id
WHERE l.report_id = %s ORDER BY l.position
"""

# From the messages, of which few are unread, to their reports.
UNREAD = """
SELECT r.id AS report, r.reference, r.channel, r.language, m.since, m.unread
FROM (SELECT house, report_id, min(written_at) AS since, count(*) AS unread FROM intake_reporter_message
  WHERE side = 'reporter' AND read_at IS NULL GROUP BY house, report_id) m
JOIN intake_report r ON r.house = m.house AND r.id = m.report_id
ORDER BY m.since, r.id LIMIT %s
"""


WAITING = """
SELECT (SELECT count(*) FROM intake_report WHERE state = 'unplaced') AS unplaced,
  (SELECT count(DISTINCT m.report_id) FROM intake_reporter_message m
   JOIN intake_report r ON r.house = m.house AND r.id = m.report_id
   WHERE m.side = 'reporter' AND m.read_at IS NULL) AS unread
"""


def waiting_reports() -> Row:
    """How many reports wait for a person: `unplaced` name no address, `unread` have an answer nobody read."""
    found = one(WAITING)
    assert found is not None
    return found


def report(*, id: UUID) -> Row | None:
    """One report as staff see it: its content, what was stated, `receipt` and `contact` as yes or no, and its `items`.

    None where there is none or it is hidden from who acts.
    """
    found = one(REPORT, [id])
    return {**found, "items": rows(ITEMS, [id])} if found else None


def unplaced_reports(*, after: tuple[datetime, UUID] = FIRST, limit: int) -> list[Row]:
    """Reports that name no address, oldest first, after one that is named by its `received_at` and `id`."""
    return rows(UNPLACED, [*after, limit])


def unread_answers(*, limit: int) -> list[Row]:
    """Reports whose author wrote and was not read yet, the longest waiting first: since when, how many messages."""
    return rows(UNREAD, [limit])


def hidden_reports(*, ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of the reports that are hidden from who acts."""
    found = rows("SELECT id FROM intake_report WHERE id = ANY(%s)", [list(ids)]) if ids else []
    return frozenset(ids) - {row["id"] for row in found}


def any_report() -> bool:
    """Whether the house acted in holds a report."""
    return one("SELECT 1 FROM intake_report LIMIT 1") is not None
