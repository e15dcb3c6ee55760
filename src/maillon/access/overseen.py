"""What oversight sees, and what it asks the house: no address, no contact, only who did what, when and why."""

from datetime import date, datetime
from uuid import UUID

import orjson

from maillon.access import events
from maillon.access.oversight import QUESTION, short, tell
from maillon.access.permissions import Permission, check
from maillon.kernel.errors import BadInput, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row, one, rows, run

SAMPLES = """
SELECT s.week, s.seed, s.population, s.drawn_at, s.signed_by, s.signed_at, s.words, count(e.event_id) AS size,
  count(e.event_id) FILTER (WHERE e.finding <> '') AS reviewed,
  count(e.event_id) FILTER (WHERE e.finding = 'question') AS questions
FROM access_sample s LEFT JOIN access_sampleentry e ON e.house = s.house AND e.week = s.week
WHERE {which} GROUP BY s.house, s.week ORDER BY s.week DESC LIMIT %(limit)s
"""

ENTRIES = """
SELECT e.week, e.event_id, v.kind, v.happened_at, v.actor, v.organisation, b.body, e.finding, e.words, e.reviewed_by,
  e.reviewed_at, e.answer, e.answered_by, e.answered_at
FROM access_sampleentry e JOIN outbox_event v ON v.house = e.house AND v.id = e.event_id
LEFT JOIN outbox_eventbody b ON b.house = v.house AND b.event_id = v.id
WHERE {which} ORDER BY e.event_id LIMIT %(limit)s
"""

GLASSES = """
SELECT id, person, label, reason, began_at, ends_at, ended_at, finding, words, reviewed_by, reviewed_at, answer,
  answered_by, answered_at
FROM access_breakglass WHERE {which} ORDER BY began_at DESC, id DESC LIMIT %(limit)s
"""

ASKED = "finding = 'question' AND answered_at IS NULL"

WAITING = f"""
SELECT (SELECT count(*) FROM access_breakglass WHERE finding = '') AS glasses,
  (SELECT count(*) FROM access_sample WHERE signed_at IS NULL) AS weeks,
  (SELECT count(*) FROM access_breakglass WHERE {ASKED}) + (SELECT count(*) FROM access_sampleentry WHERE {ASKED})
  AS questions
"""

ANSWER = "UPDATE {table} SET answer = %s, answered_by = %s, answered_at = %s WHERE {which} AND finding = %s"

MOST = 200


def samples(*, limit: int = 60) -> list[Row]:
    """The latest samples: week, seed, population, drawn_at, signed_by, signed_at, words, size, reviewed, questions."""
    return rows(SAMPLES.format(which="true"), {"limit": limit})


def sample(*, week: date) -> Row | None:
    """One week's sample, in the shape of `samples`."""
    return one(SAMPLES.format(which="s.week = %(week)s"), {"week": week, "limit": 1})


def entries(*, week: date) -> list[Row]:
    """The events drawn for a week, oldest first, with what was found and answered; `body` None where it was erased."""
    return _read(rows(ENTRIES.format(which="e.week = %(week)s"), {"week": week, "limit": MOST}))


def glasses(*, reviewed: bool, limit: int = MOST) -> list[Row]:
    """The broken glasses that oversight reviewed, or has yet to; the latest first."""
    return rows(GLASSES.format(which=f"(finding <> '') = {reviewed}"), {"limit": limit})


def asked(*, limit: int = MOST) -> tuple[list[Row], list[Row]]:
    """What oversight asks and nobody answered yet: drawn events (as `entries`), and broken glasses (as `glasses`)."""
    drawn = rows(ENTRIES.format(which=ASKED), {"limit": limit})
    return _read(drawn), rows(GLASSES.format(which=ASKED), {"limit": limit})


def waiting() -> Row:
    """How much waits: glasses and weeks for oversight, questions for whoever manages the house."""
    found = one(WAITING)
    assert found is not None
    return found


def answer_entry(*, week: date, event_id: int, text: str, by: Actor, at: datetime) -> None:
    """Answer what oversight asks about a drawn event. Raises NotAllowed, NotFound where it asks nothing, BadInput."""
    _answer("access_sampleentry", "week = %s AND event_id = %s", [week, event_id], f"event {event_id}", text, by, at)


def answer_break_glass(*, glass: UUID, text: str, by: Actor, at: datetime) -> None:
    """Answer what oversight asks about a broken glass. Raises NotAllowed, NotFound where it asks nothing, BadInput."""
    _answer("access_breakglass", "id = %s", [glass], f"glass {glass}", text, by, at)


def _answer(table: str, which: str, key: list[object], about: str, text: str, by: Actor, at: datetime) -> None:
    with acting(by):
        check(by, Permission.ANSWER_OVERSIGHT)
        said = short(text)
        if not said:
            raise BadInput("Write an answer; oversight reads it.")
        if not run(ANSWER.format(table=table, which=which), [said, by.name, at, *key, QUESTION]):
            raise NotFound(f"Oversight asks nothing about {about}.")
        tell(events.OVERSIGHT_ANSWERED, {"about": about, "answer": said}, by, at)


def _read(found: list[Row]) -> list[Row]:
    return [{**row, "body": orjson.loads(bytes(row["body"])) if row["body"] is not None else None} for row in found]
