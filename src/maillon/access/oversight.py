"""Oversight: what is found of each event drawn for a week, until it is signed off, and of each broken glass."""

from datetime import date, datetime
from uuid import UUID

from maillon.access import events
from maillon.access.permissions import Permission, check
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, NotAllowed, NotFound
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

IN_ORDER, QUESTION = "in_order", "question"
FINDINGS = (IN_ORDER, QUESTION)
LONGEST_WORDS = 2000

LOCK = "SELECT week, signed_at FROM access_sample WHERE week = %s FOR NO KEY UPDATE"

ENTRY = """
SELECT e.event_id, v.actor FROM access_sampleentry e JOIN outbox_event v ON v.house = e.house AND v.id = e.event_id
WHERE e.week = %s AND e.event_id = %s
"""

FIND = """
finding = %s, words = %s, reviewed_by = %s, reviewed_at = %s, answer = '', answered_by = '', answered_at = NULL
"""


def review_entry(*, week: date, event_id: int, finding: str, words: str, by: Actor, at: datetime) -> None:
    """Say what was found of one drawn event: `in_order`, or `question` with words that its house answers.

    It can be said anew until the week is signed off. Raises NotAllowed (also of what one did oneself), NotFound,
    BadInput, ForbiddenStep.
    """
    with acting(by):
        check(by, Permission.OVERSEE)
        said = _worded(finding, words, needed=finding == QUESTION)
        _open(week)
        entry = one(ENTRY, [week, event_id])
        if entry is None:
            raise NotFound(f"Event {event_id} is not in the sample of {week}.")
        _not_oneself(entry["actor"], by)
        run(
            f"UPDATE access_sampleentry SET {FIND} WHERE week = %s AND event_id = %s",
            [finding, said, by.name, at, week, event_id],
        )
        point("oversight: reviewed")
        body = {"week": week.isoformat(), "event": event_id, "finding": finding, "words": said}
        tell(events.ENTRY_REVIEWED, body, by, at)


def sign_off(*, week: date, words: str, by: Actor, at: datetime) -> None:
    """Sign a week off, every entry reviewed; nothing of it changes any more but the answers to its questions.

    Raises NotAllowed, NotFound, BadInput, ForbiddenStep while an entry waits.
    """
    with acting(by):
        check(by, Permission.OVERSEE)
        _open(week)
        said = short(words)
        entries = rows("SELECT finding FROM access_sampleentry WHERE week = %s", [week])
        if waiting := sum(not entry["finding"] for entry in entries):
            raise ForbiddenStep(f"{waiting} of {len(entries)} events of this week are not reviewed yet.")
        run(
            "UPDATE access_sample SET signed_by = %s, signed_at = %s, words = %s WHERE week = %s",
            [by.name, at, said, week],
        )
        point("oversight: signed")
        questions = sum(entry["finding"] == QUESTION for entry in entries)
        tell(events.SAMPLE_SIGNED, {"week": week.isoformat(), "questions": questions, "words": said}, by, at)


def review_break_glass(*, glass: UUID, finding: str, words: str, by: Actor, at: datetime) -> None:
    """Say in words what was found of a broken glass. Raises NotAllowed, NotFound, BadInput."""
    with acting(by):
        check(by, Permission.OVERSEE)
        said = _worded(finding, words, needed=True)
        found = one("SELECT person FROM access_breakglass WHERE id = %s", [glass])
        if found is None:
            raise NotFound(f"There is no broken glass {glass}.")
        _not_oneself(found["person"], by)
        run(f"UPDATE access_breakglass SET {FIND} WHERE id = %s", [finding, said, by.name, at, glass])
        body = {"glass": str(glass), "person": found["person"], "finding": finding, "words": said}
        tell(events.GLASS_REVIEWED, body, by, at)


def _open(week: date) -> Row:
    sample = one(LOCK, [week])
    if sample is None:
        raise NotFound(f"There is no sample of the week of {week}.")
    if sample["signed_at"] is not None:
        raise ForbiddenStep("This week is signed off; nothing of it changes any more.")
    return sample


def _worded(finding: str, words: str, *, needed: bool) -> str:
    if finding not in FINDINGS:
        raise BadInput(f"{finding!r} is no finding; choose from {', '.join(FINDINGS)}.")
    said = short(words)
    if needed and not said:
        raise BadInput("Say in words what you found.")
    return said


def short(words: str) -> str:
    """`words` without surrounding spaces. Raises BadInput."""
    if len(words) > LONGEST_WORDS:
        raise BadInput(f"Write at most {LONGEST_WORDS} characters.")
    return words.strip()


def _not_oneself(person: str, by: Actor) -> None:
    if person == by.name:
        raise NotAllowed("Nobody reviews what they did themselves; have somebody else of oversight do it.")


def tell(kind: Kind, body: dict[str, object], by: Actor, at: datetime, rule: str = "") -> None:
    """Record what oversight did, or what was done for it."""
    record([NewEvent(kind=kind, item=None, body=body, happened_at=at, rule=rule)], by=by, at=at)
