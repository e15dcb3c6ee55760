"""The hotline called back what a request rests on: the magistrate must look again."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.finding import request_before
from maillon.authority.decision.moving import seen
from maillon.authority.decision.policy import check_words, decide_by
from maillon.authority.decision.states import OPEN, Request
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import rows, run

FLAG = "UPDATE decision_request SET recalled_at = %s WHERE id = %s"
HASTEN = "UPDATE decision_request SET due_at = %s, due_rule = %s, escalate_at = %s, steps = 0 WHERE id = %s"


def note_recalled(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """An arrival was called back: what was asked or ordered about its item waits for a magistrate. Safe to repeat.

    Nothing is undone by it: only the public prosecutor decides. The term is that of what is urgent.
    """
    if handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        found = rows(
            "SELECT * FROM decision_request WHERE item_id = %s AND state = ANY(%s) AND recalled_at IS NULL ORDER BY id",
            [handed.item, [*OPEN, Request.ORDERED]],
        )
        for row in found:
            late = decide_by(at, urgent=True)
            run(FLAG, [at, row["id"]])
            if sooner := row["due_at"] is None or late.due < row["due_at"]:
                run(HASTEN, [late.due, late.rule, late.escalate, row["id"]])
            point("recall: flagged")
            body = {
                "request": str(row["id"]),
                "kind": row["kind"],
                "arrival": handed.body["arrival"],
                "reason": handed.body["reason"],
                "due": stamp(late.due if sooner else row["due_at"]),
            }
            event = NewEvent(
                kind=events.RECALLED, item=handed.item, body=body, happened_at=at, cause=handed.uid, rule=late.rule
            )
            record([event], by=by, at=at)


def answer_recall(*, request_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """A magistrate saw the call-back of what is ordered, and the order stands.

    Whoever orders, refuses, extends, lifts or leaves online has answered it too. Raises NotAllowed, NotFound,
    ForbiddenStep where nothing was called back or nothing is decided yet, BadInput.
    """
    with acting(by):
        request = request_before(request_id, by, at)
        said = check_words(words, "Answering a call-back")
        if request["recalled_at"] is None or request["state"] not in (Request.ORDERED, Request.LEFT_ONLINE):
            raise ForbiddenStep("Only what is decided and was called back since can be answered so.")
        seen(request)
        body = {"request": str(request_id), "kind": request["kind"], "words": said}
        record(
            [NewEvent(kind=events.RECALL_ANSWERED, item=request["item_id"], body=body, happened_at=at)], by=by, at=at
        )
