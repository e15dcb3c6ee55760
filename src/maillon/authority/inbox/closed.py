"""Matters that were closed, the latest first."""

from datetime import datetime
from uuid import UUID

from maillon.authority.inbox.listing import NEVER
from maillon.outbox.sql import Row, rows

LAST = (NEVER, UUID(int=2**128 - 1))

CLOSED = """
SELECT m.*, s.name AS site, i.country, 0 AS unanswered,
  (SELECT count(*) FROM inbox_arrival a WHERE a.matter_id = m.id) AS arrivals,
  ARRAY(SELECT DISTINCT coalesce(nullif(a.sender_name, ''), a.sender) FROM inbox_arrival a
    WHERE a.matter_id = m.id ORDER BY 1 LIMIT 3) AS senders
FROM inbox_matter m
LEFT JOIN items_item i ON i.house = m.house AND i.id = m.item_id
LEFT JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE m.state = 'closed' AND (m.item_id IS NULL OR i.id IS NOT NULL) AND (m.closed_at, m.id) < (%s, %s)
ORDER BY m.closed_at DESC, m.id DESC LIMIT %s
"""


def closed_matters(*, before: tuple[datetime, UUID] = LAST, limit: int) -> list[Row]:
    """Closed matters before a place, in the shape of `listing.matters`."""
    return rows(CLOSED, [*before, limit])
