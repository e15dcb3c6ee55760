"""What stopped going on by itself, so that a person must look."""

from dataclasses import dataclass

from maillon.outbox.sql import Row, one, rows

STUCK = """
SELECT (SELECT count(*) FROM outbox_delivery WHERE state = 'stuck') AS deliveries,
  (SELECT count(*) FROM partners_message WHERE state = 'stuck') AS messages
"""

STUCK_DELIVERIES = """
SELECT d.handler, d.item, d.attempts, d.error, e.kind, e.recorded_at AS since
FROM outbox_delivery d JOIN outbox_event e ON e.house = d.house AND e.id = d.event_id
WHERE d.state = 'stuck' ORDER BY d.event_id LIMIT %s
"""

STUCK_MESSAGES = """
SELECT partner, kind, item_id AS item, attempts, error, issued_at AS since FROM partners_message
WHERE state = 'stuck' ORDER BY partner, number LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many events could not be handed over, and how many messages their channel refused too often."""

    deliveries: int
    messages: int


def stuck() -> Stuck:
    """What is stuck in the house acted in."""
    found = one(STUCK)
    assert found is not None
    return Stuck(**found)


def stuck_deliveries(*, limit: int = 50) -> list[Row]:
    """Steps that stopped, oldest first: handler, kind (of the event), item, since (recorded), attempts, error."""
    return rows(STUCK_DELIVERIES, [limit])


def stuck_messages(*, limit: int = 50) -> list[Row]:
    """Messages that their channel refused too often: partner, kind, item, since (issued), attempts, error."""
    return rows(STUCK_MESSAGES, [limit])
