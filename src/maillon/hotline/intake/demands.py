"""A report demands every clearance that an item demands of which it speaks: its text says what the item is."""

from uuid import UUID

from maillon.outbox.acting import as_program
from maillon.outbox.sql import rows, run

# Locked by a statement of their own, so that the next one sees what another transaction made of a report's other items.
LOCK = """
SELECT id FROM intake_report WHERE id IN (SELECT report_id FROM intake_report_location WHERE item_id = %s)
ORDER BY id FOR NO KEY UPDATE
"""

NOTE = """
UPDATE intake_report r SET demands = ARRAY(
  SELECT DISTINCT label FROM intake_report_location l
  JOIN items_item i ON i.house = l.house AND i.id = l.item_id CROSS JOIN unnest(i.demands) AS label
  WHERE l.house = r.house AND l.report_id = r.id ORDER BY label
) WHERE r.id = ANY(%s)
"""


def note_demands(item_id: UUID) -> None:
    """The demands of an item have changed: those of every report that speaks of it follow. The item is locked."""
    with as_program():
        found = [row["id"] for row in rows(LOCK, [item_id])]
        if found:
            run(NOTE, [found])
