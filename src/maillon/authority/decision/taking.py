"""Take a document out: the PDF of an order, of its extension or lifting, of a refusal. It leaves a trace."""

from datetime import datetime
from hashlib import sha256
from typing import Literal, NamedTuple
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.items.services import lock_item
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one
from maillon.partners.letters import letter

Which = Literal["order", "extension", "lift", "refusal"]

FOUND = {
    "order": "SELECT item_id, request_id, number AS name, document FROM decision_order WHERE id = %s",
    "extension": "SELECT e.item_id, o.request_id, o.number AS name, e.document FROM decision_extension e "
    "JOIN decision_order o ON (o.house, o.id) = (e.house, e.order_id) WHERE e.id = %s",
    "lift": "SELECT item_id, request_id, number AS name, ended_document AS document FROM decision_order WHERE id = %s",
    "refusal": "SELECT item_id, id AS request_id, '' AS name, document FROM decision_request WHERE id = %s",
}


class Document(NamedTuple):
    """A PDF, and what it is called: the order's number, or ""."""

    content: bytes
    name: str


def take_document(*, which: Which, id: UUID, by: Actor, at: datetime) -> Document:
    """The document of the order `id`, of the extension, or (a refusal) of the request. Raises NotAllowed, NotFound."""
    with acting(by):
        check(by, Permission.READ_DECISIONS)
        return _taken(which, id, by, at)


SENT: dict[str, Which] = {"order": "order", "order_ended": "lift"}
"""What a provider is given with which kind of letter."""


def take_sent_document(*, letter_id: UUID, by: Actor, at: datetime) -> Document:
    """The document of the order that a letter to the organisation of `by` tells of, or of its lifting.

    Raises NotAllowed, NotFound, also where the letter is somebody else's, or tells of no document.
    """
    with acting(by):
        check(by, Permission.USE_PORTAL)
        found = letter(partner=by.organisation, id=letter_id)
        if found["kind"] not in SENT:
            raise NotFound("This letter has no document.")
        with as_program():  # a provider sees no decision, but the order that it is to carry out
            return _taken(SENT[found["kind"]], UUID(found["body"]["order"]), by, at)


def _taken(which: Which, id: UUID, by: Actor, at: datetime) -> Document:
    found = one(FOUND[which], [id])
    if found is None or found["document"] is None:
        raise NotFound(f"There is no such document of {id}; an order by telephone has none until it is written.")
    content = bytes(found["document"])
    lock_item(item_id=found["item_id"])
    body = {"request": str(found["request_id"]), "which": which, "document": sha256(content).hexdigest()}
    event = NewEvent(kind=events.DOCUMENT_TAKEN, item=found["item_id"], body=body, happened_at=at)
    record([event], by=by, at=at)
    return Document(content, found["name"])
