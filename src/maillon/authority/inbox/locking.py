"""Rows of the inbox, locked: the item first where there is one, then the matter."""

from uuid import UUID

from maillon.items.services import lock_item
from maillon.kernel.errors import NotFound
from maillon.outbox.sql import Row, one

SHOWN = """
FROM {table} t LEFT JOIN items_item i ON i.house = t.house AND i.id = t.item_id
WHERE t.id = %s AND (t.item_id IS NULL OR i.id IS NOT NULL)
"""
"""What demands a clearance hides with its item, as if there were none."""

FIND_MATTER = f"SELECT t.item_id {SHOWN.format(table='inbox_matter')}"
FIND_ARRIVAL = f"SELECT t.item_id, t.matter_id {SHOWN.format(table='inbox_arrival')}"
LOCK_MATTER = "SELECT * FROM inbox_matter WHERE id = %s FOR NO KEY UPDATE"


def locked_matter(id: UUID) -> Row:
    """The matter, locked with its item. Raises NotFound."""
    found = one(FIND_MATTER, [id])
    if found is None:
        raise NotFound(f"There is no matter {id}; `maillon arrivals` names them.")
    if found["item_id"] is not None:
        lock_item(item_id=found["item_id"])
    return one(LOCK_MATTER, [id]) or found


def locked_arrival(id: UUID) -> Row:
    """The arrival, locked with its item and its matter. Raises NotFound."""
    found = one(FIND_ARRIVAL, [id])
    if found is None:
        raise NotFound(f"There is no arrival {id}; `maillon arrivals` lists them.")
    locked_matter(found["matter_id"])
    return one("SELECT * FROM inbox_arrival WHERE id = %s", [id]) or found
