"""Write to providers: what to do under an order, and to undo it once the order holds no longer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.policy import provision_of
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, run
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner, queue_message

FOUND = """
SELECT m.id, m.item_id, m.partner, m.due_rule, c.name AS procedure, o.id AS order_id, o.number, o.kind, o.form,
  o.legal_basis, o.language, o.given_at, o.until
FROM decision_measure m
JOIN decision_order o ON o.house = m.house AND o.id = %(order)s
JOIN decision_procedure c ON c.house = m.house AND c.id = m.procedure_id
WHERE m.id = %(measure)s
"""


def instruct(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """Tell the provider what to do under which order, until when; that it goes on under another, or for longer; or
    that the order holds no longer, and to undo what it did.

    One verb for all of it, so that the provider hears it in order.
    """
    kind = "order_ended" if handed.kind == events.MEASURE_ENDING.name else "order"
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        found = one(FOUND, {"order": handed.body["order"], "measure": handed.body["measure"]})
        assert found is not None
        item = lock_item(item_id=found["item_id"])
        to, on = partner(id=found["partner"]), brussels_day(at)
        channel, _ = channel_of(to=to, on=on, channels=channels)
        about = {"owner": by.house, "ref": str(item["id"]), "kind": item["kind"]}
        body = {
            "measure": str(found["id"]),
            "order": str(found["order_id"]),
            "item": {**about, "given": item["url"], "canonical": item["canonical"]},
            "acknowledge_by": handed.body["due"],
            "recipient_kind": to.kind,
            **(_order(found) if kind == "order" else _ended(handed)),
        }
        message = queue_message(
            to=to.id, channel=channel, item_id=found["item_id"], kind=kind, version=1, about=found["id"], body=body,
            cause=handed.uid, by=by, at=at,
        )  # fmt: skip
        point("instruct: message written")
        _remember(kind, found["id"], message)


def _order(found: Row) -> dict[str, Any]:
    basis = provision_of(found["legal_basis"])
    return {
        "number": found["number"],
        "kind": found["kind"],
        "form": found["form"],
        "procedure": found["procedure"],
        "legal_basis": basis.fields[found["language"]] if basis else found["legal_basis"],
        "language": found["language"],
        "given_at": stamp(found["given_at"]),
        "until": stamp(found["until"]),
        "rule": found["due_rule"],
    }


def _ended(handed: Handed) -> dict[str, Any]:
    return {"why": handed.body["why"], "ended_at": stamp(handed.happened_at)}


def _remember(kind: str, measure: UUID, message: UUID) -> None:
    """The last message: an answer to an earlier one says nothing of this one."""
    still = "('asked', 'done')" if kind == "order" else "('ending')"
    run(f"UPDATE decision_measure SET message_id = %s WHERE id = %s AND state IN {still}", [message, measure])
