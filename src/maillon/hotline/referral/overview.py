"""What the hotline has to do: how many items and referrals stand where, and how many are past their term."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.hotline.analysis.states import Case
from maillon.hotline.referral.states import Referral
from maillon.outbox.sql import Row, rows

CASES = """
SELECT state, count(*) AS total, count(*) FILTER (WHERE due_at < %s) AS late FROM analysis_case
WHERE state = ANY(%s) GROUP BY state
"""

REFERRALS = """
SELECT state, count(*) AS total, count(*) FILTER (WHERE due_at < %s) AS late FROM referral_referral
WHERE state = ANY(%s) GROUP BY state
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
RUNNING = (Referral.UNDECIDED, Referral.DRAFTED, Referral.QUEUED, Referral.SENT)
"""A referral that still waits for something: a country, the grace, its way out, an acknowledgement."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how many of them are past their term."""

    total: int = 0
    late: int = 0


def cases(*, at: datetime) -> dict[str, Tally]:
    """Unsettled cases by state; every state of UNSETTLED is a key."""
    return _tallies(CASES, [str(s) for s in UNSETTLED], at)


def running_referrals(*, at: datetime) -> dict[str, Tally]:
    """Referrals that wait for something, by state; every state of RUNNING is a key."""
    return _tallies(REFERRALS, [str(s) for s in RUNNING], at)


def rounds(*, item_id: UUID) -> list[Row]:
    """Every round of the item's analysis, latest first."""
    return rows(ROUNDS, [item_id])


def first_reports(*, item_id: UUID, limit: int) -> list[Row]:
    """The first reports that speak of the item, with the address as each of them wrote it."""
    return rows(REPORTS, [item_id, limit])


def _tallies(statement: str, states: list[str], at: datetime) -> dict[str, Tally]:
    found = {row["state"]: Tally(row["total"], row["late"]) for row in rows(statement, [at, states])}
    return {state: found.get(state, Tally()) for state in states}
