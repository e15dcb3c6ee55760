"""Questions that wait for an answer, a page at a time. What demands a clearance hides with its item."""

from datetime import UTC, datetime
from uuid import UUID

from maillon.outbox.sql import Row, one, rows

FIRST = (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

OPEN = """
SELECT q.*, s.name AS site FROM partners_question q
JOIN items_item i ON i.house = q.house AND i.id = q.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE q.direction = %s AND q.answered_at IS NULL AND (q.asked_at, q.id) > (%s, %s)
ORDER BY q.asked_at, q.id LIMIT %s
"""

WAITING = """
SELECT count(*) AS total, count(*) FILTER (WHERE q.due_at < %s) AS late FROM partners_question q
JOIN items_item i ON i.house = q.house AND i.id = q.item_id
WHERE q.direction = %s AND q.answered_at IS NULL
"""


def open_questions(*, direction: str, after: tuple[datetime, UUID] = FIRST, limit: int) -> list[Row]:
    """What is asked of us (`in`) or by us (`out`) and not answered, the oldest first, with the `site`."""
    return rows(OPEN, [direction, *after, limit])


def question(*, id: UUID) -> Row | None:
    """The question asked of us with this id."""
    return one("SELECT * FROM partners_question WHERE id = %s AND direction = 'in'", [id])


def waiting_questions(*, direction: str, at: datetime) -> tuple[int, int]:
    """How many questions wait for an answer, and how many of them are past their term."""
    found = one(WAITING, [at, direction])
    assert found is not None
    return found["total"], found["late"]
