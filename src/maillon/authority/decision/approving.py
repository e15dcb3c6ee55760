"""Approval by telephone: the police note it, the magistrate who gave it confirms or disowns it."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.ending import end_measures, end_orders
from maillon.authority.decision.finding import order_before, request_of, running_hold
from maillon.authority.decision.issuing import issue
from maillon.authority.decision.moving import moved_on
from maillon.authority.decision.numbers import next_number
from maillon.authority.decision.policy import check_end, check_noted, check_words, confirm_by, provision
from maillon.authority.decision.queries import magistrates
from maillon.authority.decision.states import ORDER
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, run


def note_approval(
    *, request_id: UUID, magistrate: str, words: str, given_at: datetime, until: datetime, by: Actor, at: datetime
) -> UUID:
    """Note that `magistrate` (an account of the request's office) approved by telephone; the order's id.

    `words` are theirs, kept as they are. It is in force at once, and lapses unless they confirm it in time.
    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        check(by, Permission.NOTE_APPROVAL)
        request = request_of(request_id, by, at)
        moved_on([(request_id, request["state"])], "note approval")
        _check_magistrate(request, magistrate, by)
        check_words(words, "An approval")
        check_noted(given_at, at)
        check_end("verbal", request["kind"], given_at, until, at)
        latest, rule = confirm_by(given_at, until, urgent=request["urgent"])
        if latest <= at:
            raise BadInput("This approval would have lapsed by now; ask the magistrate for a written order.")
        number = next_number(office=request["office"], at=given_at)
        id = issue(
            request, form="verbal", state="provisional", number=number, magistrate=magistrate, words=words,
            basis=provision(request["kind"], given_at).ref, given_at=given_at, until=until, confirm_by=latest,
            confirm_rule=rule, by=by, at=at,
        )  # fmt: skip
        point("approve: written")
        body = {
            "request": str(request_id),
            "order": str(id),
            "number": number,
            "kind": request["kind"],
            "magistrate": magistrate,
            "words": words,
            "given_at": stamp(given_at),
            "until": stamp(until),
            "confirm_by": stamp(latest),
        }
        event = NewEvent(kind=events.APPROVED, item=request["item_id"], body=body, happened_at=at, rule=rule)
        record([event], by=by, at=at)
        point("approve: recorded")
        return id


FAILED = "SELECT 1 FROM decision_order WHERE request_id = %s AND form = 'verbal' AND state IN ('disowned', 'lapsed')"
"""Otherwise an approval that nobody gave could be noted again each time that it ends."""


def _check_magistrate(request: Row, magistrate: str, by: Actor) -> None:
    if magistrate == by.name:
        raise NotAllowed("Whoever approved cannot note it; the police note what a magistrate said.")
    if magistrate not in {row["name"] for row in magistrates(office=request["office"])}:
        raise BadInput(f"{magistrate} is no magistrate of {request['office']}; choose one of that office.")
    if running_hold(item_id=request["item_id"]) is not None:
        raise BadInput("The item is left online for the investigation; a magistrate ends that first.")
    if one(FAILED, [request["id"]]) is not None:
        raise BadInput("An approval by telephone was disowned here, or lapsed; a magistrate orders in writing.")


def confirm_approval(*, order_id: UUID, words: str = "", by: Actor, at: datetime) -> None:
    """The magistrate says that they gave it. Raises NotAllowed to any other, NotFound, ForbiddenStep once it lapsed."""
    with acting(by):
        order, request = _own(order_id, by, at)
        state = ORDER.step(order["state"], "confirm")
        run("UPDATE decision_order SET state = %s, confirmed_at = %s WHERE id = %s", [state, at, order_id])
        moved_on([(request["id"], request["state"])], "confirm")
        point("confirm: written")
        body = {
            "request": str(request["id"]),
            "order": str(order_id),
            "kind": order["kind"],
            "words": words.strip(),
            "until": stamp(order["until"]),
        }
        record([NewEvent(kind=events.CONFIRMED, item=order["item_id"], body=body, happened_at=at)], by=by, at=at)


def disown_approval(*, order_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """The magistrate says that they never gave it: the request waits again, and what was done under it is undone.

    Raises NotAllowed to any other, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        order, request = _own(order_id, by, at)
        why = check_words(words, "Disowning an approval")
        end_orders([order], "disown", by=by, at=at)
        moved_on([(request["id"], request["state"])], "disown")
        body = {"request": str(request["id"]), "order": str(order_id), "kind": order["kind"], "words": why}
        record([NewEvent(kind=events.DISOWNED, item=order["item_id"], body=body, happened_at=at)], by=by, at=at)
        end_measures([order_id], "disown", by=by, at=at)


def _own(order_id: UUID, by: Actor, at: datetime) -> tuple[Row, Row]:
    order, request = order_before(order_id, by, at)
    if order["magistrate"] != by.name:
        raise NotAllowed(f"Only {order['magistrate']}, whose approval was noted, can confirm or disown it.")
    return order, request
