"""Look up messages."""

from datetime import datetime

from maillon.outbox.sql import Row, one, rows


def next_message_due() -> datetime | None:
    """When the next message that is not sent is to be tried, or None."""
    found = one("SELECT min(due_at) AS due FROM partners_message WHERE state IN ('queued', 'sending')")
    return found["due"] if found else None


def any_message_due(*, at: datetime) -> bool:
    """Whether a message is due that no earlier one to the same partner about the same item holds back."""
    found = one(
        "SELECT 1 FROM partners_message d WHERE d.state = 'queued' AND d.due_at <= %s AND NOT EXISTS ("
        "SELECT 1 FROM partners_message earlier WHERE earlier.partner = d.partner "
        "AND earlier.item_id IS NOT DISTINCT FROM d.item_id "
        "AND earlier.state <> 'sent' AND earlier.number < d.number) LIMIT 1",
        [at],
    )
    return found is not None


def stuck_messages() -> list[Row]:
    """Messages that need a person: partner, channel, kind, error, oldest first."""
    return rows(
        "SELECT id, item_id AS item, partner, channel, kind, attempts, error FROM partners_message "
        "WHERE state = 'stuck' ORDER BY issued_at"
    )
