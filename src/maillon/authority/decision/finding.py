"""The rows that a service is about to change: as their actor sees them, locked, and brought up to the moment.

The item is locked before all else. What has come to its end by then is ended first, though the clock has not been by:
nobody can act on an approval that has lapsed or an order that is over.
"""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision.due import end_due
from maillon.items.services import lock_item
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor, as_program
from maillon.outbox.sql import Row, one

REQUEST = "There is no request {}; `maillon requests` lists them."
ORDER = "There is no order {}; `maillon orders` lists them."
HOLD = "There is no hold {}; the item's page shows the one that runs."


def request_of(id: UUID, by: Actor, at: datetime) -> Row:
    """The request with this id. Raises NotFound."""
    return _locked("decision_request", id, REQUEST, by, at)


def request_before(id: UUID, by: Actor, at: datetime) -> Row:
    """The request with this id, for a magistrate of its office.

    Raises NotAllowed, and NotFound also where it lies before another office: the two cannot be told apart.
    """
    check(by, Permission.DECIDE)
    return _of_office(request_of(id, by, at), by, REQUEST.format(id))


def order_of(id: UUID, by: Actor, at: datetime) -> tuple[Row, Row]:
    """The order with this id, and its request. Raises NotFound."""
    order = _locked("decision_order", id, ORDER, by, at)
    return order, _again("decision_request", order["request_id"])


def order_before(id: UUID, by: Actor, at: datetime) -> tuple[Row, Row]:
    """The order with this id and its request, for a magistrate of their office. Raises NotAllowed, NotFound."""
    check(by, Permission.DECIDE)
    order, request = order_of(id, by, at)
    return _of_office(order, by, ORDER.format(id)), request


def hold_before(id: UUID, by: Actor, at: datetime) -> tuple[Row, Row]:
    """The hold with this id and its request, for a magistrate of its office. Raises NotAllowed, NotFound."""
    check(by, Permission.DECIDE)
    hold = _locked("decision_hold", id, HOLD, by, at)
    return hold, _of_office(_again("decision_request", hold["request_id"]), by, HOLD.format(id))


def running_order(request: Row) -> Row | None:
    """The order in force under the request, or None."""
    return one(
        "SELECT * FROM decision_order WHERE request_id = %s AND state IN ('provisional', 'in_force')", [request["id"]]
    )


def running_hold(*, item_id: UUID) -> Row | None:
    """The hold that runs on the item, or None."""
    return one("SELECT * FROM decision_hold WHERE item_id = %s AND state = 'running'", [item_id])


def _of_office(row: Row, by: Actor, missing: str) -> Row:
    if row["office"] != by.organisation:
        raise NotFound(missing)
    return row


def _locked(table: str, id: UUID, missing: str, by: Actor, at: datetime) -> Row:
    found = one(f"SELECT item_id FROM {table} WHERE id = %s", [id])
    if found is None:
        raise NotFound(missing.format(id))
    lock_item(item_id=found["item_id"])
    with as_program():
        end_due([found["item_id"]], by=by, at=at)
    return _again(table, id)


def _again(table: str, id: UUID) -> Row:
    found = one(f"SELECT * FROM {table} WHERE id = %s", [id])
    assert found is not None
    return found
