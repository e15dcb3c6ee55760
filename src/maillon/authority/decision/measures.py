"""What a provider is asked to do: under an order and a procedure, both in force. The database refuses any other."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.ending import standing_measures
from maillon.authority.decision.finding import order_of
from maillon.authority.decision.policy import PROVIDERS, answer_by
from maillon.authority.decision.procedures import procedure_in_force
from maillon.authority.decision.queries import provider
from maillon.authority.decision.states import IN_FORCE, Measure
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, run
from maillon.partners.services import organisation_partner

INSERT = """
INSERT INTO decision_measure (house, id, order_id, procedure_id, item_id, kind, partner, state, recorded_by,
  recorded_at, under_since, due_at, due_rule, escalate_at, steps, reason)
VALUES (%(house)s, %(id)s, %(order)s, %(procedure)s, %(item)s, %(kind)s, %(partner)s, 'asked', %(by)s, %(at)s, %(at)s,
  %(due)s, %(rule)s, %(escalate)s, 0, '')
"""


def record_measure(*, order_id: UUID, partner: str, by: Actor, at: datetime) -> UUID:
    """Ask one provider (an organisation of the house) to carry the order out; the measure's id. It is written to.

    Raises NotAllowed, NotFound, ForbiddenStep where order or procedure is not in force, BadInput.
    """
    with acting(by):
        check(by, Permission.RECORD_MEASURE)
        order, request = order_of(order_id, by, at)
        if order["state"] not in IN_FORCE:
            raise ForbiddenStep(f"The order {order['number']} is {order['state']}; a measure takes one in force.")
        procedure = procedure_in_force(kind=order["kind"], on=brussels_day(at))
        if procedure is None:
            raise ForbiddenStep(
                f"No procedure for {order['kind']} is in force; `maillon procedures` lists them and records one."
            )
        _check_provider(order, partner)
        with as_program():
            organisation_partner(id=partner, house=by.house)
        late, id = answer_by(at, "carry_out", danger=request["urgent"]), uuid7(at)
        params = {
            "house": by.house,
            "id": id,
            "order": order_id,
            "procedure": procedure["id"],
            "item": order["item_id"],
            "kind": order["kind"],
            "partner": partner,
            "by": by.name,
            "at": at,
            "due": late.due,
            "rule": late.rule,
            "escalate": late.escalate,
        }
        run(INSERT, params)
        point("measure: written")
        body = {
            "measure": str(id),
            "order": str(order_id),
            "procedure": str(procedure["id"]),
            "kind": order["kind"],
            "partner": partner,
            "due": stamp(late.due),
        }
        event = NewEvent(kind=events.MEASURE_ASKED, item=order["item_id"], body=body, happened_at=at, rule=late.rule)
        record([event], by=by, at=at)
        point("measure: recorded")
        return id


def _check_provider(order: Row, partner: str) -> None:
    wanted = PROVIDERS[order["kind"]]
    if provider(id=partner, kind=wanted) is None:
        raise BadInput(f"{partner} is no {wanted.replace('_', ' ')} of this house; a {order['kind']} takes one.")
    if one(
        "SELECT 1 FROM decision_measure WHERE order_id = %s AND partner = %s AND state = ANY(%s)",
        [order["id"], partner, [Measure.ASKED, Measure.DONE]],
    ):
        raise BadInput(f"{partner} was asked already under this order.")


def keep_measures(before: UUID, under: UUID, *, by: Actor, at: datetime) -> None:
    """What is asked or done under one order goes on under another, or until its new end; its provider learns so."""
    found = standing_measures([before])
    if before != under:
        run(
            "UPDATE decision_measure SET order_id = %s, under_since = %s WHERE id = ANY(%s)",
            [under, at, [row["id"] for row in found]],
        )
    told = []
    for row in found:
        late = answer_by(at, "carry_out", danger=row["urgent"])
        due = row["due_at"] if row["state"] == Measure.ASKED else late.due
        body = {
            "measure": str(row["id"]),
            "order": str(under),
            "kind": row["kind"],
            "partner": row["partner"],
            "due": stamp(due),
        }
        told.append(NewEvent(kind=events.MEASURE_KEPT, item=row["item_id"], body=body, happened_at=at))
    record(told, by=by, at=at)
    point("measure: kept")
