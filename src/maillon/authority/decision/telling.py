"""Tell the hotline that reported the item what becomes of it: outcomes, and holds that notices abroad wait for."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner_of, queue_message

OUTCOMES = {
    events.REQUESTED: "requested",
    events.WITHDRAWN: "withdrawn",
    events.APPROVED: "approved",
    events.DISOWNED: "disowned",
    events.LAPSED: "lapsed",
    events.ORDERED: "ordered",
    events.EXTENDED: "extended",
    events.EXPIRED: "expired",
    events.LIFTED: "lifted",
    events.REFUSED: "refused",
    events.LEFT_ONLINE: "left_online",
    events.REVIEW_DUE: "review_due",
    events.MEASURE_DONE: "carried_out",
    events.MEASURE_ENDED: "undone",
}
"""By kind of event: what the hotline is told."""

TOLD = {kind.name: outcome for kind, outcome in OUTCOMES.items()}

REPORTED = """
SELECT referral, body -> 'item' AS item FROM inbox_arrival
WHERE item_id = %s AND sender = 'hotline' AND body ? 'item' ORDER BY kind = 'callback', arrived_at DESC, id DESC LIMIT 1
"""


def tell(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """Tell the hotline what a decision or a measure came to, and whether notices abroad wait.

    One verb for all of it, so that the hotline hears it in order. What it never reported is not told to it.
    """
    body, at = handed.body, stamp(handed.happened_at)
    if handed.kind == events.HELD.name:
        said = {"hold": body["hold"], "until": body["until"], "given_at": at}
        _write("hold", UUID(body["hold"]), said, handed, by, clock, channels)
    elif handed.kind == events.RELEASED.name:
        _write("hold_ended", UUID(body["hold"]), {"hold": body["hold"], "ended_at": at}, handed, by, clock, channels)
    else:
        said = {
            "outcome": TOLD[handed.kind],
            "kind": body["kind"],
            "reference": body["request"],
            "until": body.get("until"),
            "happened_at": at,
        }
        _write("outcome", UUID(body["request"]), said, handed, by, clock, channels)


def _write(
    kind: str, about: UUID, said: dict[str, Any], handed: Handed, by: Actor, clock: Clock,
    channels: Mapping[str, Channel],
) -> None:  # fmt: skip
    if handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        reported = _reported(handed.item)
        if reported is None:
            return
        on = brussels_day(at)
        to = partner_of(kind="hotline", country="", on=on, house=by.house)
        channel, _ = channel_of(to=to, on=on, channels=channels)
        content = {**said, "item": reported["item"]}
        if kind == "outcome":
            content["referral"] = reported["referral"]
        queue_message(
            to=to.id, channel=channel, item_id=handed.item, kind=kind, version=1, about=about, body=content,
            cause=handed.uid, by=by, at=at,
        )  # fmt: skip
        point("tell: message written")


def _reported(item_id: UUID) -> Row | None:
    return one(REPORTED, [item_id])
