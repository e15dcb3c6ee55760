"""Close what does not leave the house: withdrawn, decided elsewhere, or undone by a person within the grace."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis.queries import settled_so
from maillon.hotline.referral import events
from maillon.hotline.referral.queries import referral, standing
from maillon.hotline.referral.states import REFERRAL, Referral
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, run

NO_LONGER_SETTLED = "no longer settled"
"""Why a draft is withdrawn whose settlement was undone or is in doubt again."""


def close(row: Row, verb: str, reason: str, cause: UUID | None, by: Actor, at: datetime) -> None:
    state = REFERRAL.step(row["state"], verb)
    run(
        "UPDATE referral_referral SET state = %s, reason = %s, closed_at = %s, due_at = NULL, send_at = NULL, "
        "escalate_at = NULL WHERE id = %s",
        [state, reason, at, row["id"]],
    )
    point("refer: closed")
    body = {"referral": str(row["id"]), "partner": row["partner"], "state": str(state), "reason": reason}
    record([NewEvent(kind=events.CLOSED, item=row["item_id"], body=body, happened_at=at, cause=cause)], by=by, at=at)


def undo_referral(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Stop a draft within the grace. Raises NotAllowed, NotFound, ForbiddenStep once it is on its way."""
    with acting(by):
        check(by, Permission.UNDO_REFERRAL)
        found = referral(id=id)
        if found is None:
            raise NotFound(f"There is no referral {id}; `maillon referrals` lists them.")
        lock_item(item_id=found["item_id"])
        found = referral(id=id)
        assert found is not None
        REFERRAL.step(found["state"], "undo")
        if found["recalls"]:
            raise ForbiddenStep("A call-back cannot be undone: its recipient must learn what holds no longer.")
        close(found, "undo", reason, None, by, at)


def locked(id: UUID) -> Row | None:
    """The referral, its item locked first as everywhere."""
    found = referral(id=id)
    if found is None:
        return None
    lock_item(item_id=found["item_id"])
    return referral(id=id)


def withdraw_drafts(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """An opinion was taken back or doubted: what was drafted on a settlement that is gone is withdrawn.

    Safe to repeat. What was sent stands, and so does a call-back: its recipient must learn what holds no longer.
    """
    if handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        for row in standing(item_id=handed.item):
            if row["state"] in (Referral.DRAFTED, Referral.UNDECIDED) and not settled_so(
                case_id=row["case_id"], said=row
            ):
                close(row, "withdraw", NO_LONGER_SETTLED, handed.uid, by, at)
