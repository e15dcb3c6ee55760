"""Look up cases and opinions."""

from collections.abc import Sequence
from uuid import UUID

from maillon.outbox.sql import Row, one, rows

CASE = """
SELECT id, item_id, round, state, opened_at, due_at, settled_at, scheme, version, code, outcome, severity, flags,
  former, rule, steps
FROM analysis_case WHERE item_id = %s ORDER BY round DESC LIMIT 1
"""

OPINIONS = """
SELECT id, person, organisation, body, senior, scheme, version, code, outcome, severity, flags, reason,
  assessed_at, former
FROM analysis_assessment WHERE case_id = %s AND replaced_at IS NULL ORDER BY assessed_at, recorded_at, id
"""

SAID = """
SELECT id, case_id, scheme, version, code, severity, flags, reason, assessed_at, former, replaced_at
FROM analysis_assessment WHERE item_id = %s AND person = %s AND report_id IS NOT DISTINCT FROM %s
ORDER BY recorded_at, id
"""


def latest_case(*, item_id: UUID) -> Row | None:
    """The item's latest round of analysis."""
    return one(CASE, [item_id])


def settled_case(*, item_id: UUID) -> Row | None:
    """The item's latest settled round: it holds while a later round is still open."""
    return one(CASE.replace("WHERE item_id = %s", "WHERE item_id = %s AND state = 'settled'"), [item_id])


def latest_cases(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The latest round of each item that has one."""
    found = rows(
        "SELECT DISTINCT ON (item_id) id, item_id, round, state FROM analysis_case "
        "WHERE item_id = ANY(%s) ORDER BY item_id, round DESC",
        [list(item_ids)],
    )
    return {row["item_id"]: row for row in found}


def case(*, case_id: UUID) -> Row | None:
    """The case with this id."""
    return one(CASE.replace("WHERE item_id = %s", "WHERE id = %s"), [case_id])


def opinions(*, case_id: UUID) -> list[Row]:
    """The opinions that stand in a case, oldest first, one per person."""
    return rows(OPINIONS, [case_id])


def said(*, item_id: UUID, person: str, report_id: UUID | None) -> list[Row]:
    """Everything `person` ever said of the item for that report, oldest first."""
    return rows(SAID, [item_id, person, report_id])
