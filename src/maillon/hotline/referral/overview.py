"""What the hotline has to do: how many items and referrals stand where, and how many are past their term."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from maillon.hotline.analysis.queue import COUNTED
from maillon.hotline.analysis.states import Case
from maillon.hotline.referral.states import RUNNING, TERM
from maillon.outbox.sql import Row, rows

# No further than is counted, in an index that begins with the state (`case_state`, `case_late`, `referral_running`).
# The state stands in the statement itself: a parameter would not tell the planner which partial index holds it.
# Row security keeps what the actor is not cleared for out of the join: a number tells no more than the list behind it.
TALLY = """
SELECT '{state}' AS state,
  (SELECT count(*) FROM (SELECT house, item_id FROM {table} WHERE state = '{state}' LIMIT %(counted)s) a
   JOIN items_item i ON i.house = a.house AND i.id = a.item_id) AS total,
  (SELECT count(*) FROM (SELECT house, item_id FROM {table} WHERE state = '{state}' AND {term} < %(at)s
   LIMIT %(counted)s) a JOIN items_item i ON i.house = a.house AND i.id = a.item_id) AS late
"""

ROUNDS = """
SELECT id, round, state, opened_at, due_at, due_rule, settled_at, scheme, version, code, outcome, severity, flags,
  former, rule FROM analysis_case WHERE item_id = %s ORDER BY round DESC
"""

REPORTS = """
SELECT r.id, r.reference, r.received_at, r.channel, r.language, r.remark, r.stated, r.organisation, r.entered_by,
  l.given, talk.messages, talk.unread
FROM intake_report_location l
JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
LEFT JOIN LATERAL (
  SELECT count(*) AS messages, count(*) FILTER (WHERE m.side = 'reporter' AND m.read_at IS NULL) AS unread
  FROM intake_reporter_message m WHERE m.house = r.house AND m.report_id = r.id
) talk ON true
WHERE l.item_id = %s ORDER BY r.received_at, r.reference LIMIT %s
"""

UNSETTLED = (Case.WAITING, Case.SECOND_OPINION, Case.DISPUTED)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how many of them are past their term; COUNTED means that many or more."""

    total: int = 0
    late: int = 0


def cases(*, at: datetime) -> dict[str, Tally]:
    """Unsettled cases by state; every state of UNSETTLED is a key."""
    return _tallies("analysis_case", UNSETTLED, "due_at", at)


def running_referrals(*, at: datetime) -> dict[str, Tally]:
    """Referrals that wait for something, by state; every state of RUNNING is a key."""
    return _tallies("referral_referral", RUNNING, TERM, at)


def rounds(*, item_id: UUID) -> list[Row]:
    """Every round of the item's analysis, latest first."""
    return rows(ROUNDS, [item_id])


def first_reports(*, item_id: UUID, limit: int) -> list[Row]:
    """The first reports that speak of the item, with the address as each of them wrote it."""
    return rows(REPORTS, [item_id, limit])


def _tallies(table: str, states: Iterable[StrEnum], term: str, at: datetime) -> dict[str, Tally]:
    statement = "UNION ALL".join(TALLY.format(table=table, state=state, term=term) for state in states)
    found = rows(statement, {"at": at, "counted": COUNTED})
    return {row["state"]: Tally(row["total"], row["late"]) for row in found}
