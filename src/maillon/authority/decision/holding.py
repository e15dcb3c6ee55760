"""The magistrate leaves the item online for the investigation, until a review; notices abroad wait too."""

from datetime import datetime
from uuid import UUID

from maillon.authority.decision import events
from maillon.authority.decision.due import review
from maillon.authority.decision.finding import hold_before, request_before, running_hold
from maillon.authority.decision.moving import decided, seen
from maillon.authority.decision.ordering import end_running
from maillon.authority.decision.policy import check_review, check_words
from maillon.authority.decision.states import HOLD, REQUEST
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, run

INSERT = """
INSERT INTO decision_hold (house, id, request_id, item_id, state, magistrate, words, given_at, until)
VALUES (%(house)s, %(id)s, %(request)s, %(item)s, 'running', %(by)s, %(words)s, %(at)s, %(until)s)
"""


def leave_online(*, request_id: UUID, until: datetime, words: str, by: Actor, at: datetime) -> UUID:
    """Leave the item online until a review; the hold's id. An approval by telephone ends with it.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        request = request_before(request_id, by, at)
        REQUEST.step(request["state"], "leave online")
        reasons = check_words(words, "Leaving an item online")
        check_review(at, until)
        if running_hold(item_id=request["item_id"]) is not None:
            raise BadInput("The item is left online already, for another request; extend that, or end it first.")
        end_running(request, reasons, by, at)
        decided(request, "leave online", reasons, review_at=until, by=by, at=at)
        id = uuid7(at)
        params = {
            "house": by.house,
            "id": id,
            "request": request_id,
            "item": request["item_id"],
            "by": by.name,
            "words": reasons,
            "at": at,
            "until": until,
        }
        run(INSERT, params)
        point("hold: written")
        body = {"request": str(request_id), "kind": request["kind"], "hold": str(id)}
        left = {**body, "words": reasons, "until": stamp(until)}
        record([NewEvent(kind=events.LEFT_ONLINE, item=request["item_id"], body=left, happened_at=at)], by=by, at=at)
        _tell(request, id, reasons, until, by, at)
        return id


def extend_hold(*, hold_id: UUID, until: datetime, words: str, by: Actor, at: datetime) -> None:
    """Leave the item online until a later review. Raises NotAllowed, NotFound, ForbiddenStep, BadInput."""
    with acting(by):
        hold, request = hold_before(hold_id, by, at)
        state = HOLD.step(hold["state"], "extend")
        reasons = check_words(words, "Leaving an item online for longer")
        check_review(at, until)
        if until <= hold["until"]:
            raise BadInput("A review is put off to a later date; to look at it sooner, end the hold.")
        run("UPDATE decision_hold SET state = %s, until = %s WHERE id = %s", [state, until, hold_id])
        run("UPDATE decision_request SET review_at = %s WHERE id = %s", [until, request["id"]])
        seen(request)
        _tell(request, hold_id, reasons, until, by, at)


def end_hold(*, hold_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """Look at it again now: the request waits for a decision, and notices abroad go out.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        hold, request = hold_before(hold_id, by, at)
        reasons = check_words(words, "Ending a hold")
        known = {"request_state": request["state"], "kind": request["kind"], "urgent": request["urgent"]}
        review([{**hold, **known}], "end now", reasons, by=by, at=at)


def _tell(request: Row, hold: UUID, words: str, until: datetime, by: Actor, at: datetime) -> None:
    body = {"request": str(request["id"]), "hold": str(hold), "words": words, "until": stamp(until)}
    record([NewEvent(kind=events.HELD, item=request["item_id"], body=body, happened_at=at)], by=by, at=at)
    point("hold: recorded")
