"""What is known of an item before somebody looks at it: the severity that they may know, and danger that passes."""

from uuid import UUID

from maillon.hotline.analysis.blind import visible_rounds
from maillon.looking.policy import Known
from maillon.outbox.acting import Actor
from maillon.outbox.sql import one

DANGER = """
SELECT EXISTS (
  SELECT 1 FROM analysis_assessment WHERE item_id = %(item)s AND replaced_at IS NULL AND NOT withdrawn
    AND 'imminent_danger' = ANY(flags)
) OR EXISTS (
  SELECT 1 FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
  WHERE l.item_id = %(item)s AND 'danger_now' = ANY(r.stated)
) AS danger
"""


def known(*, item_id: UUID, by: Actor) -> Known:
    """For `looking`: the latest severity that `by` may see, and whether a report or an opinion tells of danger now."""
    shown = [said for round in visible_rounds(item_id=item_id, by=by) for said in reversed(round["opinions"])]
    found = one(DANGER, {"item": item_id})
    return Known(severity=shown[0]["severity"] if shown else None, imminent_danger=bool(found and found["danger"]))
