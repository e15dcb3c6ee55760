"""What clearance an item demands: from one moment until another, on a person's word and for a reason.

What speaks of an item hides and comes back with it, in the same transaction: the rooms above say what (`follow`).
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from maillon.access.clearances import known_label, reasoned
from maillon.access.permissions import Permission, check
from maillon.items import events
from maillon.items.services import lock_item
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, rows, run

Change = Callable[..., None]
Follower = Callable[[UUID], None]
_followers: list[Follower] = []

NOTE = """
UPDATE items_item i SET demands = ARRAY(
  SELECT label FROM items_demand d WHERE d.house = i.house AND d.item_id = i.id AND d.lifted_at IS NULL ORDER BY label
) WHERE i.id = %s
"""


def follow(verb: Follower) -> None:
    """Call `verb` with an item's id whenever its demands have changed, inside that transaction, the item locked."""
    if verb not in _followers:
        _followers.append(verb)


def demand_clearance(*, item_id: UUID, label: str, reason: str, by: Actor, at: datetime) -> None:
    """From this moment on the item is shown only to who holds `label`; the one who says so holds it too.

    Raises NotAllowed, NotFound, BadInput (unknown label, no reason, demanded already).
    """
    with acting(by):
        check(by, Permission.DEMAND_CLEARANCE)
        _holding(by, known_label(label))
        why = reasoned(reason)
        lock_item(item_id=item_id)
        added = run(
            "INSERT INTO items_demand (house, id, item_id, label, reason, demanded_by, demanded_at, lifted_by) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, '') ON CONFLICT DO NOTHING",
            [by.house, uuid7(at), item_id, label, why, by.name, at],
        )
        if not added:
            raise BadInput(f"The item demands {label} already.")
        _changed(events.CLEARANCE_DEMANDED, item_id, label, why, by, at)


def lift_demand(*, item_id: UUID, label: str, reason: str, by: Actor, at: datetime) -> None:
    """The item demands `label` no more. Raises NotAllowed, NotFound, BadInput."""
    with acting(by):
        check(by, Permission.DEMAND_CLEARANCE)
        _holding(by, known_label(label))
        why = reasoned(reason)
        lock_item(item_id=item_id)
        lifted = run(
            "UPDATE items_demand SET lifted_by = %s, lifted_at = %s "
            "WHERE item_id = %s AND label = %s AND lifted_at IS NULL",
            [by.name, at, item_id, label],
        )
        if not lifted:
            raise NotFound(f"The item does not demand {label}.")
        _changed(events.CLEARANCE_LIFTED, item_id, label, why, by, at)


def demands(*, item_id: UUID) -> list[Row]:
    """What the item demands now: label, reason, demanded_by, demanded_at. Nothing where it is hidden."""
    return rows(
        "SELECT d.label, d.reason, d.demanded_by, d.demanded_at FROM items_demand d "
        "JOIN items_item i ON i.house = d.house AND i.id = d.item_id "
        "WHERE d.item_id = %s AND d.lifted_at IS NULL ORDER BY d.label",
        [item_id],
    )


def _holding(by: Actor, label: str) -> None:
    if label not in by.clearances:
        raise NotAllowed(f"{by.name} does not hold the clearance {label}; who demands or lifts one holds it.")


def _changed(kind: Kind, item_id: UUID, label: str, reason: str, by: Actor, at: datetime) -> None:
    run(NOTE, [item_id])
    for verb in _followers:
        verb(item_id)
    body = {"label": label, "reason": reason}
    record([NewEvent(kind=kind, item=item_id, body=body, happened_at=at)], by=by, at=at)
