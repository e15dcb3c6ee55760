"""Look up what arrived."""

from uuid import UUID

from maillon.outbox.sql import Row, one, rows


def arrival(*, id: UUID) -> Row | None:
    """The arrival with this id (the message's)."""
    return one("SELECT * FROM inbox_arrival WHERE id = %s", [id])


def arrivals(*, state: str | None = None) -> list[Row]:
    """What arrived in the house acted in, imminent danger and severity on top, then by term."""
    return rows(
        "SELECT a.id, a.item_id AS item, a.sender, a.kind, a.purpose, a.severity, a.flags, a.state, a.arrived_at, "
        "a.due_at, a.acknowledged_at, a.acknowledged_by FROM inbox_arrival a "
        "JOIN items_item i ON i.house = a.house AND i.id = a.item_id "
        "WHERE %(state)s::text IS NULL OR a.state = %(state)s "
        "ORDER BY NOT ('imminent_danger' = ANY(a.flags)), a.severity DESC NULLS LAST, a.due_at",
        {"state": state},
    )
