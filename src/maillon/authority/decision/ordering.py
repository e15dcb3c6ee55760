"""The magistrate decides in writing: orders, refuses, extends, lifts."""

from datetime import datetime
from hashlib import sha256
from uuid import UUID

from maillon.authority.decision import events
from maillon.authority.decision.documents import (
    extension_document,
    lift_document,
    order_document,
    refusal_document,
)
from maillon.authority.decision.ending import end_measures, end_orders
from maillon.authority.decision.finding import order_before, request_before, running_hold, running_order
from maillon.authority.decision.issuing import issue
from maillon.authority.decision.measures import keep_measures
from maillon.authority.decision.moving import decided, moved_on, seen
from maillon.authority.decision.numbers import next_number
from maillon.authority.decision.policy import check_end, check_words, provision
from maillon.authority.decision.states import ORDER, REQUEST
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, run


def order_in_writing(*, request_id: UUID, words: str, until: datetime, by: Actor, at: datetime) -> UUID:
    """Order what was asked, until a moment; the order's id. Its PDF stands in the row.

    It replaces an approval by telephone: what is done under that goes on. Raises NotAllowed, NotFound, ForbiddenStep,
    BadInput.
    """
    with acting(by):
        request = request_before(request_id, by, at)
        REQUEST.step(request["state"], "order")
        reasons = check_words(words, "An order")
        check_end("written", request["kind"], at, until, at)
        if running_hold(item_id=request["item_id"]) is not None:
            raise BadInput("The item is left online for the investigation; end that first.")
        before, number = running_order(request), next_number(office=request["office"], at=at)
        basis = provision(request["kind"], at)
        document = order_document(request, number=number, words=reasons, until=until, before=before, by=by, at=at)
        point("order: document made")
        if before is not None:
            _replace(before, by, at)
        id = issue(
            request, form="written", state="in_force", number=number, magistrate=by.name, words=reasons,
            basis=basis.ref, given_at=at, until=until, document=document, by=by, at=at,
        )  # fmt: skip
        decided(request, "order", reasons, by=by, at=at)
        point("order: written")
        body = {
            "number": number,
            "kind": request["kind"],
            "words": reasons,
            "until": stamp(until),
            "replaces": str(before["id"]) if before else None,
            "document": sha256(document).hexdigest(),
        }
        _record(events.ORDERED, request, by, at, order=str(id), **body)
        point("order: recorded")
        if before is not None:
            keep_measures(before["id"], id, by=by, at=at)
        return id


def _replace(before: Row, by: Actor, at: datetime) -> None:
    run(
        "UPDATE decision_order SET state = %s, ended_at = %s, ended_by = %s, ended_why = 'replaced' WHERE id = %s",
        [ORDER.step(before["state"], "replace"), at, by.name, before["id"]],
    )


def refuse(*, request_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """Refuse what was asked, with reasons; an approval by telephone ends with it, and what was done is undone.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        request = request_before(request_id, by, at)
        REQUEST.step(request["state"], "refuse")
        reasons = check_words(words, "A refusal")
        end_running(request, reasons, by, at)
        document = refusal_document(request, words=reasons, by=by, at=at)
        decided(request, "refuse", reasons, document=document, by=by, at=at)
        point("refuse: written")
        _record(
            events.REFUSED, request, by, at, kind=request["kind"], words=reasons, document=sha256(document).hexdigest()
        )


EXTEND = """
INSERT INTO decision_extension (house, id, order_id, item_id, words, before, until, given_by, given_at, document)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def extend_order(*, order_id: UUID, until: datetime, words: str, by: Actor, at: datetime) -> None:
    """The order is in force until a later moment; whoever acts under it learns so. The PDF of it is kept.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        order, request = order_before(order_id, by, at)
        ORDER.step(order["state"], "extend")
        reasons = check_words(words, "Extending an order")
        if until <= order["until"]:
            raise BadInput("An order is extended to a later end; to end it sooner, lift it.")
        check_end(order["form"], order["kind"], at, until, at)
        document = extension_document(request, order, words=reasons, until=until, by=by, at=at)
        extension = [by.house, uuid7(at), order_id, order["item_id"], reasons, order["until"], until, by.name, at]
        run(EXTEND, [*extension, document])
        run("UPDATE decision_order SET until = %s WHERE id = %s", [until, order_id])
        seen(request)
        _record(
            events.EXTENDED, request, by, at, order=str(order_id), kind=order["kind"], words=reasons,
            until=stamp(until), document=sha256(document).hexdigest(),
        )  # fmt: skip
        point("extend: recorded")
        keep_measures(order_id, order_id, by=by, at=at)


def lift_order(*, order_id: UUID, words: str, by: Actor, at: datetime) -> None:
    """End the order: everyone who was asked or acted under it learns so and undoes it.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput.
    """
    with acting(by):
        order, request = order_before(order_id, by, at)
        reasons = check_words(words, "Lifting an order")
        _lift(order, request, reasons, by, at)
        moved_on([(request["id"], request["state"])], "end")


def end_running(request: Row, words: str, by: Actor, at: datetime) -> None:
    """The magistrate decides otherwise: what was approved by telephone, if anything, holds no longer."""
    running = running_order(request)
    if running is not None:
        _lift(running, request, words, by, at)


def _lift(order: Row, request: Row, words: str, by: Actor, at: datetime) -> None:
    end_orders([order], "lift", by=by, at=at)
    document = lift_document(request, order, words=words, by=by, at=at)
    run("UPDATE decision_order SET ended_document = %s WHERE id = %s", [document, order["id"]])
    _record(
        events.LIFTED, request, by, at, order=str(order["id"]), kind=order["kind"], words=words,
        document=sha256(document).hexdigest(),
    )  # fmt: skip
    end_measures([order["id"]], "lift", by=by, at=at)


def _record(what: Kind, request: Row, by: Actor, at: datetime, /, **said: object) -> None:
    body = {"request": str(request["id"]), **said}
    record([NewEvent(kind=what, item=request["item_id"], body=body, happened_at=at)], by=by, at=at)
