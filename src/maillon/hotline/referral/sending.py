"""Put drafts on their way once their grace is over."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis.settling import rely_on
from maillon.hotline.referral import events
from maillon.hotline.referral.closing import NO_LONGER_SETTLED, close
from maillon.hotline.referral.contents import callback_content, referral_content
from maillon.hotline.referral.matters import danger_of
from maillon.hotline.referral.queries import referral
from maillon.hotline.referral.relocating import DUE, horizon, sort
from maillon.hotline.referral.states import REFERRAL
from maillon.items.services import lock_items
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, rows, run
from maillon.partners.services import partner, queue_message
from maillon.rules.terms import term

log = logging.getLogger("maillon.referral")


LOCKED = DUE + "FOR UPDATE OF f SKIP LOCKED"


def queue_due(*, by: Actor, at: datetime, skip_grace: bool = False, limit: int = 200) -> int:
    """Put every draft whose grace is over on its way; how many. `skip_grace` does not wait for it.

    One whose item was not located lately waits until it is (`relocating.ask_where_due`). One whose settlement is gone
    by then is withdrawn instead: `refer` drafts what holds after the next settlement.
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        until = horizon(at, skip_grace=skip_grace)
        wanted = rows(DUE, [until, limit])
        lock_items(item_ids=[row["item_id"] for row in wanted])
        due = rows(LOCKED, [until, limit])
        locked = {row["item_id"] for row in wanted}
        ready = sort([row for row in due if row["item_id"] in locked], at).ready
        for row in sorted(ready, key=lambda row: str(row["partner"])):  # partners too are locked in one order
            _queue_one(row["id"], by, at)
    point("queue: committed")
    return len(ready)


PUT_OFF = timedelta(minutes=5)


def _queue_one(id: UUID, by: Actor, at: datetime) -> None:
    """One draft in a savepoint of its own: one that cannot be queued is put off, and its lateness reaches a person."""
    found = referral(id=id)
    assert found is not None
    if not found["recalls"] and not rely_on(case_id=found["case_id"], said=found, at=at):
        close(found, "withdraw", NO_LONGER_SETTLED, None, by, at)
        return
    try:
        with transaction.atomic():
            _queue(found, by, at)
    except Exception:
        log.exception("the referral %s cannot be queued", id)
        run("UPDATE referral_referral SET send_at = %s WHERE id = %s", [at + PUT_OFF, id])


def _queue(row: Row, by: Actor, at: datetime) -> None:
    state = REFERRAL.step(row["state"], "queue")
    desk = partner(id=row["partner"])
    body = {
        "referral": str(row["id"]),
        "partner": row["partner"],
        "purpose": row["purpose"],
        "message_kind": "callback" if row["recalls"] else "referral",
    }
    event = NewEvent(kind=events.QUEUED, item=row["item_id"], body=body, happened_at=at, rule=row["due_rule"])
    cause = record([event], by=by, at=at)[0]
    point("queue: recorded")
    answer_by = term("acknowledge_within", at, partner_kind=desk.kind, danger=danger_of(row["flags"]))
    content = callback_content(row, answer_by, by) if row["recalls"] else referral_content(row, answer_by, by)
    message = queue_message(
        to=desk.id,
        channel=row["channel"],
        item_id=row["item_id"],
        kind=body["message_kind"],
        version=1,
        about=row["id"],
        body=content,
        cause=cause,
        by=by,
        at=at,
    )
    point("queue: message written")
    run(
        "UPDATE referral_referral SET state = %s, message_id = %s, send_at = NULL WHERE id = %s",
        [state, message, row["id"]],
    )
    point("queue: queued")
