"""What is kept, and who can open it; inside `acting`."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from maillon.outbox.sql import Row, rows

OPENABLE = """
SELECT DISTINCT o.id FROM evidence_object o
JOIN evidence_wrap w ON w.house = o.house AND w.object_id = o.id
JOIN evidence_recipient r ON r.house = w.house AND r.id = w.recipient_id
WHERE o.id = ANY(%(ids)s) AND o.purge_id IS NULL AND r.kind = o.house AND (w.due_at IS NULL OR w.due_at > %(at)s)
"""
KEPT_OF = """
SELECT o.id, o.kind, o.size, o.kept_at, o.expires_at, o.rule, array_agg(DISTINCT r.kind ORDER BY r.kind) AS kinds
FROM evidence_object o
LEFT JOIN (evidence_wrap w JOIN evidence_recipient r ON r.house = w.house AND r.id = w.recipient_id)
  ON w.house = o.house AND w.object_id = o.id
WHERE o.about = ANY(%s) AND o.purge_id IS NULL
GROUP BY o.house, o.id ORDER BY o.id
"""
HOLDS = "SELECT * FROM evidence_legalhold WHERE about = ANY(%s) AND ended_at IS NULL ORDER BY about"
PURGES = "SELECT * FROM evidence_purge ORDER BY began_at DESC LIMIT %s"


def openable(object_ids: Collection[UUID], *, at: datetime) -> set[UUID]:
    """Those of the objects that this house's own key still opens."""
    return {row["id"] for row in rows(OPENABLE, {"ids": list(object_ids), "at": at})}


def kept_of(item_ids: Collection[UUID]) -> list[Row]:
    """What is kept about the items, oldest first; `kinds` are the recipients that can open it."""
    return rows(KEPT_OF, [list(item_ids)])


def holds_of(item_ids: Collection[UUID]) -> list[Row]:
    """The legal holds that stand on the items."""
    return rows(HOLDS, [list(item_ids)])


def purges(*, limit: int = 50) -> list[Row]:
    """The runs of the purge, the latest first, with what they counted."""
    return rows(PURGES, [limit])
