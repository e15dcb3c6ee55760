"""Look up cases and opinions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.outbox.sql import Row, as_json, one, rows

CASE = """
SELECT id, item_id, round, state, opened_at, due_at, settled_at, scheme, version, code, outcome, severity, flags,
  former, rule, steps, urgency, urgency_rule, claimed_by, claimed_until, relied_at
FROM analysis_case WHERE item_id = %s ORDER BY round DESC LIMIT 1
"""

OPINIONS = """
SELECT id, person, organisation, body, senior, scheme, version, code, outcome, severity, flags, reason,
  assessed_at, former
FROM analysis_assessment WHERE case_id = %s AND replaced_at IS NULL ORDER BY assessed_at, recorded_at, id
"""

SAID = """
SELECT id, case_id, scheme, version, code, severity, flags, reason, assessed_at, former, replaced_at
FROM analysis_assessment WHERE item_id = %s AND person = %s AND report_id IS NOT DISTINCT FROM %s AND NOT withdrawn
ORDER BY recorded_at, id
"""

STATED = """
SELECT l.item_id, r.stated
FROM json_to_recordset(%(items)s::json) AS g(item uuid, since timestamptz)
JOIN intake_report_location l ON l.item_id = g.item
JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
WHERE r.stated <> '{}' AND (g.since IS NULL OR r.received_at >= g.since OR r.id = ANY(%(reports)s))
"""

GIVEN = """
SELECT id, person, body, senior, scheme, version, code, outcome, severity, flags, assessed_at, recorded_at, former,
  entered_by, replaced_at
FROM analysis_assessment WHERE case_id = %s AND NOT withdrawn ORDER BY recorded_at, id
"""


def latest_case(*, item_id: UUID) -> Row | None:
    """The item's latest round of analysis."""
    return one(CASE, [item_id])


def settled_case(*, item_id: UUID) -> Row | None:
    """The item's latest settled round: it holds while a later round is still open."""
    return one(CASE.replace("WHERE item_id = %s", "WHERE item_id = %s AND state = 'settled'"), [item_id])


SETTLED_SO = """
SELECT 1 FROM analysis_case
WHERE id = %(id)s AND state = 'settled' AND scheme = %(scheme)s AND version = %(version)s AND code = %(code)s
  AND severity IS NOT DISTINCT FROM %(severity)s AND flags = %(flags)s
"""


def words_of(said: Row) -> dict[str, Any]:
    """What a settlement says, of a row that has its columns: scheme, version, code, severity, flags."""
    return {**{key: said[key] for key in ("scheme", "version", "code", "severity")}, "flags": sorted(said["flags"])}


def settled_so(*, case_id: UUID, said: Row) -> bool:
    """Whether the case is settled, and as `said` says."""
    return one(SETTLED_SO, {**words_of(said), "id": case_id}) is not None


def settled_before(*, item_id: UUID, round: int) -> Row | None:
    """What the latest round before `round` was settled as, if any was: outcome, settled_at."""
    return one(
        "SELECT outcome, settled_at FROM analysis_case WHERE item_id = %s AND round < %s AND outcome <> '' "
        "ORDER BY round DESC LIMIT 1",
        [item_id, round],
    )


def latest_cases(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The latest round of each item that has one."""
    found = rows(
        "SELECT DISTINCT ON (item_id) id, item_id, round, state, settled_at, urgency FROM analysis_case "
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


def given(*, case_id: UUID) -> list[Row]:
    """Every opinion ever given in a case and not taken back, in the order they were recorded."""
    return rows(GIVEN, [case_id])


def said(*, item_id: UUID, person: str, report_id: UUID | None) -> list[Row]:
    """Everything `person` ever said of the item for that report and did not take back, oldest first."""
    return rows(SAID, [item_id, person, report_id])


def stated_of(*, since: Mapping[UUID, datetime | None], reports: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """What reports state of each item of `since`: those received from its moment on (None: all), and `reports`."""
    given = as_json([{"item": item, "since": moment} for item, moment in since.items()])
    found: dict[UUID, frozenset[str]] = {}
    for row in rows(STATED, {"items": given, "reports": list(reports)}):
        found[row["item_id"]] = found.get(row["item_id"], frozenset()) | frozenset(row["stated"])
    return found


def stated_in(*, reports: Sequence[UUID]) -> dict[UUID, frozenset[str]]:
    """What each of these reports states beside the location."""
    found = rows("SELECT id, stated FROM intake_report WHERE id = ANY(%s) AND stated <> '{}'", [list(reports)])
    return {row["id"]: frozenset(row["stated"]) for row in found}
