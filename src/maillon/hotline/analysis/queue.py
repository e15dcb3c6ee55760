"""The queue of open cases, most urgent first, then oldest: what stands in it, and how much.

Every statement walks the partial index `case_queue` (or counts no further than `COUNTED`), so that what a page costs
depends on the page and not on how much was ever reported. Row security leaves out items that the actor is not cleared
for.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from maillon.hotline.analysis.filters import Wanted
from maillon.outbox.sql import Row, one, rows

COUNTED = 100
"""A tally says no more than this: "100" means that many or more."""


class Place(NamedTuple):
    """Where a case stands in the queue; the next page begins after the last row's place."""

    urgency: int
    opened_at: datetime
    case: UUID


FIRST = Place(0, datetime(1, 1, 1, tzinfo=UTC), UUID(int=0))

QUEUE = """
SELECT p.*,
  (SELECT count(*) FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
   WHERE l.house = p.house AND l.item_id = p.item) AS reports,
  (SELECT r.language FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
   WHERE l.house = p.house AND l.item_id = p.item ORDER BY r.received_at, r.id LIMIT 1) AS language,
  EXISTS (SELECT 1 FROM analysis_assessment a WHERE a.house = p.house AND a.case_id = p.case AND a.person = %(person)s
    AND a.replaced_at IS NULL) AS mine_said
FROM (
  SELECT c.house, c.id AS case, c.item_id AS item, s.name AS site, i.kind, i.country, c.state, c.urgency, c.opened_at,
    c.due_at, CASE WHEN c.claimed_until > %(at)s THEN c.claimed_by ELSE '' END AS claimed_by,
    CASE WHEN c.claimed_until > %(at)s THEN c.claimed_until END AS claimed_until
  FROM analysis_case c
  JOIN items_item i ON i.house = c.house AND i.id = c.item_id
  JOIN items_site s ON s.house = i.house AND s.id = i.site_id
  WHERE c.state <> 'settled' AND (c.urgency, c.opened_at, c.id) > (%(urgency)s, %(opened_at)s, %(case)s) {conditions}
  ORDER BY c.urgency, c.opened_at, c.id LIMIT %(limit)s
) p ORDER BY p.urgency, p.opened_at, p.case
"""

REPORTED = """
AND EXISTS (SELECT 1 FROM intake_report_location l JOIN intake_report r ON r.house = l.house AND r.id = l.report_id
  WHERE l.house = c.house AND l.item_id = c.item_id AND {what})
"""

CONDITIONS = {
    "states": "AND c.state = ANY(%(states)s)",
    "country": "AND i.country = %(country)s",
    "site": "AND i.site_id IN (SELECT id FROM items_site WHERE name = %(site)s)",
    "channel": REPORTED.format(what="r.channel = %(channel)s"),
    "language": REPORTED.format(what="r.language = %(language)s"),
    "least_urgent": "AND c.urgency <= %(least_urgent)s",
    "late": "AND c.due_at <= %(at)s",
}

TALLIES = """
SELECT {columns}
""".format(
    columns=",\n  ".join(
        f"(SELECT count(*) FROM (SELECT c.house, c.item_id FROM analysis_case c WHERE {what} LIMIT %(counted)s) c "
        f"JOIN items_item i ON i.house = c.house AND i.id = c.item_id) AS {name}"
        for name, what in (
            ("waiting", "c.state = 'waiting'"),
            ("second_opinion", "c.state = 'second_opinion'"),
            ("disputed", "c.state = 'disputed'"),
            ("urgent", "c.state <> 'settled' AND c.urgency <= 2"),
            ("late", "c.due_at IS NOT NULL AND c.due_at <= %(at)s"),
            ("claimed", "c.claimed_until IS NOT NULL AND c.claimed_until > %(at)s"),
        )
    )
)


def asked(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """`wanted` as conditions on a case `c` and its item `i`, with their parameters; `at` is the caller's."""
    given = {
        "states": list(wanted.states),
        "country": wanted.country,
        "site": wanted.site,
        "channel": wanted.channel,
        "language": wanted.language,
        "least_urgent": wanted.urgency,
        "late": wanted.late,
    }
    params = {name: value for name, value in given.items() if value}
    return " ".join(CONDITIONS[name] for name in params), params


def queue(*, wanted: Wanted, person: str, at: datetime, after: Place = FIRST, limit: int = 50) -> list[Row]:
    """Open cases that `wanted` asks for, most urgent first, then oldest, from behind the place `after`.

    Rows: case, item, site, kind, country, state, urgency, opened_at, due_at, claimed_by ("" once the claim has run
    out), claimed_until, reports (how many), language (of the first), mine_said (whether `person` has an opinion in it).
    """
    conditions, params = asked(wanted)
    place = {"urgency": after.urgency, "opened_at": after.opened_at, "case": after.case}
    found = rows(QUEUE.format(conditions=conditions), {**params, **place, "person": person, "at": at, "limit": limit})
    return [{key: value for key, value in row.items() if key != "house"} for row in found]


def place_of(row: Row) -> Place:
    """Where a row of `queue` stands."""
    return Place(row["urgency"], row["opened_at"], row["case"])


def tallies(*, at: datetime) -> dict[str, int]:
    """How many open cases are waiting, second_opinion, disputed, urgent (1, 2), late, claimed; at most COUNTED each."""
    found = one(TALLIES, {"at": at, "counted": COUNTED})
    assert found is not None
    return {name: int(number) for name, number in found.items()}
