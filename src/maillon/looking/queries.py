"""Look up who looked at what. Row security shows a person's own; those of others to who sees the exposure of all."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.kernel.clock import BRUSSELS, brussels_day
from maillon.looking.policy import Look, Standing, day_begins, limits, standing
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, one, rows

LOOKS = """
SELECT id, opened_at, ends_at, seconds, seen_at FROM looking_reveal
WHERE person = %s AND opened_at >= %s ORDER BY opened_at, id
"""

STANDING = """
SELECT DISTINCT ON (medium_id) id, medium_id, kind, step, opened_at, ends_at FROM looking_reveal
WHERE person = %s AND capture_id = %s AND ends_at > %s ORDER BY medium_id, step DESC, opened_at DESC, id DESC
"""

LEAVE = """
SELECT id, person, given_by, given_at, until, reason FROM looking_leavetolook
WHERE person = %(person)s AND given_at <= %(at)s AND until > %(at)s ORDER BY until DESC, id LIMIT 1
"""

# What nobody measured counts as in `policy.measured`: a later act of the same person would have written it down.
EXPOSURE = """
SELECT r.person, (r.opened_at AT TIME ZONE 'Europe/Brussels')::date AS day, r.kind, r.severity, count(*) AS views,
  round(sum(CASE WHEN r.seen_at IS NOT NULL THEN r.seconds ELSE r.unmeasured END))::int AS seconds
FROM (
  SELECT *, greatest(extract(epoch FROM least(ends_at, %(at)s) - opened_at), 0)
    / nullif(count(*) FILTER (WHERE seen_at IS NULL) OVER (PARTITION BY person, opened_at), 0) AS unmeasured
  FROM looking_reveal WHERE {whose} opened_at >= %(start)s AND opened_at < %(until)s
) r
GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""

LEAVES = """
SELECT id, person, given_by, given_at, until, reason FROM looking_leavetolook
WHERE given_at >= %s AND given_at < %s ORDER BY given_at, id
"""


def looks_of(*, person: str, at: datetime) -> list[Row]:
    """What `person` was shown that day in Brussels, as far as time goes: id, opened_at, ends_at, seconds, seen_at."""
    return rows(LOOKS, [person, day_begins(at)])


def state_of(*, by: Actor, at: datetime) -> Standing:
    """Where `by` stands on the day of `at`."""
    found = looks_of(person=by.name, at=at)
    looks = [Look(row["opened_at"], row["ends_at"], row["seconds"], row["seen_at"]) for row in found]
    return standing(looks, limits(brussels_day(at)), at)


def leave_of(*, person: str, at: datetime) -> Row | None:
    """The leave to look on that `person` has at `at`, the one that lasts longest; None where there is none."""
    return one(LEAVE, {"person": person, "at": at})


def leaves(*, first: date, last: date) -> list[Row]:
    """The leaves given from one day to another: id, person, given_by, given_at, until, reason."""
    return rows(LEAVES, [_midnight(first), _midnight(last + timedelta(days=1))])


def standing_reveals(*, capture_id: UUID, by: Actor, at: datetime) -> dict[UUID | None, Row]:
    """The furthest step that `by` is shown at `at` of each medium of a capture (None: its text)."""
    return {row["medium_id"]: row for row in rows(STANDING, [by.name, capture_id, at])}


def exposure(*, person: str, first: date, last: date, at: datetime) -> list[Row]:
    """How much `person` looked, from one day in Brussels to another: day, kind, severity, views, seconds.

    Shown to the person, and to who sees the exposure of all; to anybody else there is none.
    """
    return _exposure("person = %(person)s AND", first, last, at, person=person)


def exposures(*, first: date, last: date, by: Actor, at: datetime) -> list[Row]:
    """The same of everybody, by name: person, day, kind, severity, views, seconds. Raises NotAllowed."""
    check(by, Permission.SEE_EXPOSURE)
    return _exposure("", first, last, at)


def _exposure(whose: str, first: date, last: date, at: datetime, **more: str) -> list[Row]:
    given = {"start": _midnight(first), "until": _midnight(last + timedelta(days=1)), "at": at, **more}
    return rows(EXPOSURE.format(whose=whose), given)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), BRUSSELS)
