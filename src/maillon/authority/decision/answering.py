"""What providers answer: carried out, undone, or refused with a reason; by message, or told to the police."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.policy import check_words
from maillon.authority.decision.states import MEASURE, Measure
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, run

ANSWERED = """
UPDATE decision_measure SET state = %s, due_at = NULL, escalate_at = NULL, steps = 0, done_at = %s, ended_at = %s,
  reason = %s
WHERE id = %s
"""

FOUND = """
SELECT m.*, o.request_id FROM decision_measure m JOIN decision_order o ON o.house = m.house AND o.id = m.order_id
WHERE m.id = %s
"""

ANSWERS = ("done", "refused")


def take_answer(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A provider acknowledged (it is carried out, or undone) or refused. Safe to repeat; other messages are passed by.

    An acknowledgement of the order that crossed its ending says that it was carried out, not that it was undone.
    """
    kind, said = handed.body["kind"], handed.body["body"]
    if kind not in ("acknowledgement", "refusal") or handed.item is None:
        return
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(said["referral"])
        if row is None or row["partner"] != handed.body["sender"]:
            return
        crossed = row["state"] == Measure.ENDING and said["message"] != str(row["message_id"])
        if kind == "acknowledgement":
            _note_done(row, said["acknowledged_by"], said["acknowledged_at"], crossed, handed.uid, by, clock.now())
        elif not crossed:
            _note_refused(row, said["refused_by"], said["reason"], handed.uid, by, clock.now())


def note_answer(*, measure_id: UUID, answer: str, words: str, by: Actor, at: datetime) -> None:
    """Note what a provider told the police: `done` (what was asked last, carrying out or undoing) or `refused`.

    Raises NotAllowed, NotFound, BadInput, ForbiddenStep where nothing was asked of it.
    """
    with acting(by):
        check(by, Permission.RECORD_MEASURE)
        said = check_words(words, "A provider's answer")
        if answer not in ANSWERS:
            raise BadInput(f"{answer!r} is no answer; choose from {', '.join(ANSWERS)}.")
        row = _locked(str(measure_id))
        if row is None:
            raise NotFound(f"There is no measure {measure_id}; the order's page lists its measures.")
        if row["state"] not in (Measure.ASKED, Measure.ENDING):
            raise ForbiddenStep(f"Nothing is asked of {row['partner']} any more: the measure is {row['state']}.")
        if answer == "done":
            _note_done(row, said, stamp(at), False, None, by, at)
        else:
            _note_refused(row, row["partner"], said, None, by, at)


def _locked(text: str) -> Row | None:
    try:
        id = UUID(text)
    except ValueError:
        return None
    found = one(FOUND, [id])
    if found is None:
        return None
    lock_item(item_id=found["item_id"])
    return one(FOUND, [id])


def _note_done(row: Row, who: str, when: str, crossed: bool, cause: UUID | None, by: Actor, at: datetime) -> None:
    said = _about(row, request=str(row["request_id"]))
    if crossed:
        run("UPDATE decision_measure SET done_at = coalesce(done_at, %s) WHERE id = %s", [when, row["id"]])
        return
    if row["state"] == Measure.ASKED:
        run(ANSWERED, [MEASURE.step(row["state"], "carry out"), when, None, "", row["id"]])
        kind, body = events.MEASURE_DONE, {**said, "answered_by": who, "done_at": when}
    elif row["state"] == Measure.ENDING:
        run(ANSWERED, [MEASURE.step(row["state"], "undo"), row["done_at"], when, row["reason"], row["id"]])
        kind, body = events.MEASURE_ENDED, {**said, "answered_by": who, "ended_at": when}
    else:
        return
    point("answer: written")
    record([NewEvent(kind=kind, item=row["item_id"], body=body, happened_at=at, cause=cause)], by=by, at=at)


def _note_refused(row: Row, who: str, reason: str, cause: UUID | None, by: Actor, at: datetime) -> None:
    """Refusing to act ends the measure; refusing to undo does not: it stays due, and a person must look."""
    if row["state"] == Measure.ASKED:
        run(ANSWERED, [MEASURE.step(row["state"], "refuse"), None, at, reason, row["id"]])
    elif row["state"] == Measure.ENDING and row["escalate_at"] is not None:
        run("UPDATE decision_measure SET escalate_at = least(escalate_at, %s) WHERE id = %s", [at, row["id"]])
    elif row["state"] != Measure.ENDING:
        return
    state = Measure.REFUSED if row["state"] == Measure.ASKED else row["state"]
    body = {**_about(row), "state": str(state), "answered_by": who, "reason": reason}
    event = NewEvent(kind=events.MEASURE_REFUSED, item=row["item_id"], body=body, happened_at=at, cause=cause)
    record([event], by=by, at=at)


def _about(row: Row, **more: str) -> Mapping[str, str]:
    return {
        "measure": str(row["id"]),
        "order": str(row["order_id"]),
        **more,
        "kind": row["kind"],
        "partner": row["partner"],
    }
