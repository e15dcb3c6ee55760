"""Who works on a matter: one person at a time, in the unit that has it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.answering import said
from maillon.authority.inbox.listing import candidates
from maillon.authority.inbox.locking import LOCK_MATTER, locked_matter
from maillon.authority.inbox.queries import is_unit
from maillon.authority.inbox.states import MATTER, Matter
from maillon.items.services import share_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run


class MatterHeld(MaillonError):
    """Somebody else works on the matter; take another one, or have a coordinator pass it on."""


TAKE = "UPDATE inbox_matter SET state = %s, unit = %s, taken_by = %s, taken_at = %s WHERE id = %s"
CLOSE = """
UPDATE inbox_matter SET state = %s, taken_by = '', taken_at = NULL, due_at = NULL, closed_at = %s, closed_why = %s
WHERE id = %s
"""
UNANSWERED = "SELECT 1 FROM inbox_arrival WHERE matter_id = %s AND state = 'waiting' LIMIT 1"
SKIP_ITEM = "SELECT 1 FROM items_item WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
OFFERED = f"{LOCK_MATTER.replace('WHERE id = %s', 'WHERE id = %s AND state = ANY(%s)')} SKIP LOCKED"


def take_matter(*, id: UUID, over: bool = False, by: Actor, at: datetime) -> None:
    """From now on `by` works on the matter; of several who try, one does. Repeating it changes nothing.

    `over` takes it from whoever has it; that, and taking what another unit has, is passing it to one's own unit.
    Raises NotAllowed, NotFound, MatterHeld, ForbiddenStep once it is closed.
    """
    with acting(by):
        check(by, Permission.TAKE_MATTER)
        found = locked_matter(id)
        held = found["state"] == Matter.TAKEN
        if held and found["taken_by"] == by.name:
            return
        if held and not over:
            raise MatterHeld(f"{found['taken_by']} works on this matter; take another one, or have it passed on.")
        if held or found["unit"] not in (None, by.organisation):
            check(by, Permission.PASS_MATTER)
        _take(found, "take over" if held else "take", by, at)


def take_next_matter(*, by: Actor, at: datetime) -> UUID | None:
    """The most urgent matter that nobody has, or that waits for the unit of `by`; None where there is none.

    Nobody ever waits: what is locked just now is passed over. Raises NotAllowed.
    """
    with acting(by):
        check(by, Permission.TAKE_MATTER)
        for found in candidates(unit=by.organisation):
            if found["item_id"] is not None and one(SKIP_ITEM, [found["item_id"]]) is None:
                continue
            matter = one(OFFERED, [found["id"], [Matter.WAITING, Matter.PASSED]])
            if matter is not None and matter["unit"] in (None, by.organisation):
                _take(matter, "take", by, at)
                return UUID(str(matter["id"]))
        return None


def _take(matter: Row, verb: str, by: Actor, at: datetime) -> None:
    unit = by.organisation if matter["unit"] else None
    run(TAKE, [MATTER.step(matter["state"], verb), unit, by.name, at, matter["id"]])
    point("matter: taken")
    _note(events.TAKEN, matter, unit, matter["taken_by"], by, at)


def give_back_matter(*, id: UUID, by: Actor, at: datetime) -> None:
    """`by` no longer works on the matter: it waits for its unit, or for anybody. Nothing happens where nobody does.

    Raises NotAllowed, NotFound, MatterHeld where somebody else does.
    """
    with acting(by):
        check(by, Permission.TAKE_MATTER)
        found = locked_matter(id)
        if found["state"] == Matter.TAKEN:
            _refuse_held(found, by)
            _free([found], by, at, None)


OF_PERSON = """
SELECT m.id FROM inbox_matter m WHERE m.taken_by = %s AND m.state = 'taken' ORDER BY m.item_id NULLS LAST, m.id
"""


def free_matters(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """An account has left: what it worked on waits again. Safe to repeat."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        held = [locked_matter(row["id"]) for row in rows(OF_PERSON, [handed.body["person"]])]
        mine = [row for row in held if row["state"] == Matter.TAKEN and row["taken_by"] == handed.body["person"]]
        _free(mine, by, clock.now(), handed.uid)


def _free(matters: Sequence[Row], by: Actor, at: datetime, cause: UUID | None) -> None:
    for row in matters:
        state = MATTER.step(row["state"], "give back", Matter.PASSED if row["unit"] else Matter.WAITING)
        run(TAKE, [state, row["unit"], "", None, row["id"]])
        point("matter: given back")
        _note(events.GIVEN_BACK, row, row["unit"], row["taken_by"], by, at, cause)


def pass_matter(*, id: UUID, unit: str, by: Actor, at: datetime) -> None:
    """The matter is this unit's from now on: its people see it and the item, and one of them takes it.

    Repeating it changes nothing.
    Raises NotAllowed, NotFound, BadInput where `unit` is no organisation that takes matters, ForbiddenStep once closed.
    """
    with acting(by):
        check(by, Permission.PASS_MATTER)
        known = one("SELECT kind FROM access_organisation WHERE id = %s", [unit])
        if known is None or not is_unit(known["kind"]):
            raise BadInput(f"{unit or 'Nobody'} takes no matters here; choose one of the units listed.")
        found = locked_matter(id)
        if found["state"] == Matter.PASSED and found["unit"] == unit:
            return
        run(TAKE, [MATTER.step(found["state"], "pass on"), unit, "", None, id])
        point("matter: passed")
        if found["item_id"] is not None:
            share_item(item_id=found["item_id"], organisation=unit)
        _note(events.PASSED, found, unit, found["unit"] or "", by, at)


def close_matter(*, id: UUID, why: str, by: Actor, at: datetime) -> None:
    """Nothing more is done in the matter until something new arrives. All that arrived is answered first.

    Repeating it in the same words changes nothing.
    Raises NotAllowed, NotFound, BadInput without a reason, MatterHeld, ForbiddenStep where something waits or it is
    closed.
    """
    why = said(why, "reason", "Say why the matter is closed; it stays on record.")
    with acting(by):
        check(by, Permission.CLOSE_MATTER)
        found = locked_matter(id)
        if found["state"] == Matter.CLOSED and found["closed_why"] == why:
            return
        state = MATTER.step(found["state"], "close")
        _refuse_held(found, by)
        if one(UNANSWERED, [id]) is not None:
            raise ForbiddenStep("Something here is not answered yet: acknowledge or refuse it, then close the matter.")
        close(found, state, why, by, at)


def close(matter: Row, state: Matter | str, why: str, by: Actor, at: datetime) -> None:
    """Write that the matter, locked, is closed."""
    run(CLOSE, [state, at, why, matter["id"]])
    point("matter: closed")
    body = {"matter": str(matter["id"]), "reason": why}
    record([NewEvent(kind=events.CLOSED, item=matter["item_id"], body=body, happened_at=at)], by=by, at=at)


def _refuse_held(matter: Row, by: Actor) -> None:
    if matter["taken_by"] not in ("", by.name):
        raise MatterHeld(f"{matter['taken_by']} works on this matter; have it passed on first.")


def _note(
    kind: Kind, matter: Row, unit: str | None, before: str, by: Actor, at: datetime, cause: UUID | None = None
) -> None:
    body = {"matter": str(matter["id"]), "unit": unit or "", "before": before}
    record([NewEvent(kind=kind, item=matter["item_id"], body=body, happened_at=at, cause=cause)], by=by, at=at)
