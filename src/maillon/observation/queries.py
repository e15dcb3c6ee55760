"""Look up where items are."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.outbox.sql import Row, one, rows

LATEST = """
SELECT DISTINCT ON (item_id) id, item_id, observed_at, country, reason, method, stated_by, statement, asns, seen, chain
FROM observation_location WHERE item_id = ANY(%s) ORDER BY item_id, method = 'person' DESC, observed_at DESC, id DESC
"""


def latest_locations(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """Where each item is taken to be: as a person last stated, else as the sources last said."""
    return {row["item_id"]: row for row in rows(LATEST, [list(item_ids)])}


def locations(*, item_id: UUID) -> list[Row]:
    """Every location of an item, latest first."""
    return rows("SELECT * FROM observation_location WHERE item_id = %s ORDER BY observed_at DESC, id DESC", [item_id])


def any_lookup_due(*, at: datetime) -> bool:
    """Whether a lookup waits that is due."""
    found = one("SELECT 1 FROM observation_lookup WHERE state = 'waiting' AND due_at <= %s LIMIT 1", [at])
    return found is not None
