"""The load: how much waits, on whom, what is late and why. Of open cases alone; nobody's output is measured."""

from datetime import datetime
from typing import Any

from maillon.kernel.clock import BRUSSELS
from maillon.outbox.sql import Row, one, rows

LOAD = """
SELECT state, urgency, count(*) AS cases, count(*) FILTER (WHERE due_at <= %(at)s) AS late,
  count(*) FILTER (WHERE claimed_until > %(at)s) AS claimed, min(opened_at) AS oldest
FROM analysis_case WHERE state <> 'settled' GROUP BY state, urgency ORDER BY urgency, state
"""

PEOPLE = """
SELECT claimed_by AS person, count(*) AS cases, min(claimed_until) AS first_until FROM analysis_case
WHERE claimed_until IS NOT NULL AND claimed_until > %s GROUP BY claimed_by ORDER BY claimed_by
"""

LATE = """
SELECT c.id AS case, c.item_id AS item, s.name AS site, i.country, c.state, c.urgency, c.opened_at, c.due_at,
  c.due_rule, c.steps, CASE WHEN c.claimed_until > %(at)s THEN c.claimed_by ELSE '' END AS claimed_by,
  CASE WHEN c.claimed_until > %(at)s THEN c.claimed_until END AS claimed_until,
  coalesce((SELECT max(a.recorded_at) FROM analysis_assessment a WHERE a.house = c.house AND a.case_id = c.id
    AND a.replaced_at IS NULL), c.opened_at) AS waiting_since,
  CASE WHEN c.claimed_until > %(at)s THEN 'claimed' ELSE c.state END AS why
FROM (
  SELECT * FROM analysis_case WHERE due_at IS NOT NULL AND due_at <= %(at)s ORDER BY due_at LIMIT %(most)s
) c
JOIN items_item i ON i.house = c.house AND i.id = c.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
ORDER BY c.due_at, c.id LIMIT %(limit)s
"""

HIDDEN = """
SELECT count(*) AS hidden FROM (
  SELECT house, item_id FROM analysis_case WHERE due_at IS NOT NULL AND due_at <= %(at)s ORDER BY due_at LIMIT %(most)s
) c LEFT JOIN items_item i ON i.house = c.house AND i.id = c.item_id WHERE i.id IS NULL
"""

DECISIONS = """
SELECT count(*) FILTER (WHERE NOT withdrawn) AS opinions,
  count(*) FILTER (WHERE NOT withdrawn AND outcome = 'illegal') AS illegal,
  count(*) FILTER (WHERE NOT withdrawn AND outcome = 'not_illegal') AS not_illegal,
  count(*) FILTER (WHERE withdrawn) AS taken_back
FROM analysis_assessment WHERE recorded_at >= %s AND NOT former
"""

MOST = 1000
"""Late cases are looked at up to this many, the latest due first."""


def load(*, at: datetime) -> list[Row]:
    """Open cases by urgency and state: urgency, state, cases, late, claimed (held just now), oldest (opened)."""
    return rows(LOAD, {"at": at})


def people(*, at: datetime) -> list[Row]:
    """Who holds how many cases just now: person, cases, first_until."""
    return rows(PEOPLE, [at])


def late_cases(*, at: datetime, limit: int = 100) -> list[Row]:
    """Open cases past their term, the longest past first.

    Rows: case, item, site, country, state, urgency, opened_at, due_at, due_rule, steps (of escalation, taken),
    claimed_by ("" where nobody holds it now), claimed_until, waiting_since (opened, or the latest opinion given), and
    why: claimed (somebody is at it), waiting (nobody gave an opinion), second_opinion (no second person did), disputed
    (no senior decided).
    """
    return rows(LATE, {"at": at, "limit": limit, "most": MOST})


def late_hidden(*, at: datetime) -> int:
    """How many late cases demand a clearance that the actor does not hold: they are late all the same."""
    found = one(HIDDEN, {"at": at, "most": MOST})
    return int(found["hidden"]) if found else 0


def decisions_today(*, at: datetime) -> dict[str, Any]:
    """Opinions given since midnight in Brussels: opinions, illegal, not_illegal, taken_back; of all people together."""
    midnight = at.astimezone(BRUSSELS).replace(hour=0, minute=0, second=0, microsecond=0)
    found = one(DECISIONS, [midnight])
    assert found is not None
    return found
