"""Look up what arrived."""

from uuid import UUID

from maillon.outbox.sql import Row, one, rows


def arrival(*, id: UUID) -> Row | None:
    """The arrival with this id (the message's)."""
    return one("SELECT * FROM inbox_arrival WHERE id = %s", [id])


def arrivals(*, state: str | None = None) -> list[Row]:
    """What arrived in the house acted in, imminent danger and severity on top, then by term."""
    return rows(
        "SELECT id, item_id AS item, sender, kind, purpose, severity, flags, state, arrived_at, due_at, "
        "acknowledged_at, acknowledged_by FROM inbox_arrival WHERE %(state)s::text IS NULL OR state = %(state)s "
        "ORDER BY NOT ('imminent_danger' = ANY(flags)), severity DESC NULLS LAST, due_at",
        {"state": state},
    )
