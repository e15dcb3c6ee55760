"""Take one's own opinion back within the grace: the case stands as if it had never been given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.claiming import Claim, held_by_another, take
from maillon.hotline.analysis.confirming import restore_confirmations, withdraw_confirmations
from maillon.hotline.analysis.policy import Conclusion, conclude
from maillon.hotline.analysis.queries import given, latest_case, settled_before
from maillon.hotline.analysis.settling import (
    Turn,
    all_former,
    await_opinion,
    opinion_of,
    record_settled,
    says_the_same,
    write_settled,
)
from maillon.hotline.analysis.states import CASE, Case
from maillon.hotline.intake.services import note_outcomes
from maillon.items.services import lock_item, restore_verdict, settle_item, unsettle_item
from maillon.items.states import Item
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, run
from maillon.rules.terms import grace


def undo_opinion(*, item_id: UUID, by: Actor, at: datetime) -> Claim | None:
    """Take back one's latest opinion on the item, within the grace; an earlier one of one's own holds again.

    The case, the item and the reports' outcome are as they were before, drafts are withdrawn, and the case is claimed
    again: None where it was settled before as well, or another is at it by now. Raises NotAllowed, NotFound, and
    ForbiddenStep where there is nothing to undo, the grace is over, or something left the house already.
    Source: rules/tables/grace.toml
    """
    with acting(by):
        check(by, Permission.ASSESS)
        item = lock_item(item_id=item_id)
        held = latest_case(item_id=item_id)
        said = given(case_id=held["id"]) if held else []
        own = next((row for row in reversed(said) if row["person"] == by.name and row["replaced_at"] is None), None)
        if held is None or own is None or own["former"] or own["entered_by"] != by.name:
            raise ForbiddenStep("There is no opinion of yours on this item that could be undone.")
        _refuse_late(own, held, at)
        point("undo: checked")
        return _undo(_Undoing(item, held, said, own, by, at))


def _refuse_late(own: Row, held: Row, at: datetime) -> None:
    wait = grace(own["recorded_at"])
    if at >= own["recorded_at"] + wait:
        raise ForbiddenStep(
            f"The {int(wait.total_seconds())} seconds to undo an opinion are over; give another one instead."
        )
    relied = held["relied_at"]
    if relied is not None and (held["state"] == Case.SETTLED or relied >= own["recorded_at"]):
        raise ForbiddenStep(
            "What was settled is on its way already; give another opinion, and what was sent is called back."
        )


@dataclass(frozen=True, slots=True)
class _Undoing:
    """Who takes what back. `item` is locked; `said` is all that was said in the case and not taken back."""

    item: Row
    held: Row
    said: Sequence[Row]
    own: Row
    by: Actor
    at: datetime

    def earlier(self) -> Row | None:
        """One's own opinion that the one taken back had replaced."""
        own = self.own
        found = [r for r in self.said if r["person"] == own["person"] and r["replaced_at"] == own["recorded_at"]]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class _Past:
    """What opinions amounted to, one after the other: the state in the end, and the last settlement on the way."""

    state: Case = Case.WAITING
    settlement: Conclusion | None = None
    settled_at: datetime | None = None
    former: bool = False


def replay(said: Sequence[Row]) -> _Past:
    """The past of a case that these opinions were given in, in this order; each replaces the person's earlier one."""
    standing: dict[str, Row] = {}
    past = _Past()
    for row in said:
        standing[row["person"]] = row
        oldest_first = sorted(standing.values(), key=lambda r: (r["assessed_at"], r["recorded_at"], r["id"]))
        reached = conclude([opinion_of(r) for r in oldest_first])
        if reached.state != Case.SETTLED:
            past = _Past(reached.state, past.settlement, past.settled_at, past.former)
        elif past.state != Case.SETTLED or not _same(past.settlement, reached):
            past = _Past(Case.SETTLED, reached, row["assessed_at"], all_former(oldest_first))
    return past


def _same(before: Conclusion | None, now: Conclusion) -> bool:
    return before is not None and (before.code, before.severity, before.flags) == (now.code, now.severity, now.flags)


WITHDRAW = "UPDATE analysis_assessment SET replaced_at = %s, withdrawn = true WHERE id = %s"

RESTORE = "UPDATE analysis_assessment SET replaced_at = NULL WHERE id = %s"

FIRST = """
UPDATE analysis_case SET first_opinion_at = (
  SELECT min(assessed_at) FROM analysis_assessment WHERE case_id = %(id)s AND NOT withdrawn)
WHERE id = %(id)s
"""

FORGET = """
UPDATE analysis_case SET settled_at = NULL, scheme = '', version = '', code = '', outcome = '', severity = NULL,
  flags = '{}', former = false, rule = ''
WHERE id = %s
"""


def _undo(undoing: _Undoing) -> Claim | None:
    held, own, by, at = undoing.held, undoing.own, undoing.by, undoing.at
    earlier = undoing.earlier()
    past = replay([row for row in undoing.said if row["id"] != own["id"]])
    state = Case(CASE.step(held["state"], "withdraw", past.state))
    run(WITHDRAW, [at, own["id"]])
    withdraw_confirmations(assessment_id=own["id"], at=at)
    if earlier is not None:
        run(RESTORE, [earlier["id"]])
        restore_confirmations(assessment_id=earlier["id"], since=earlier["replaced_at"])
    run(FIRST, {"id": held["id"]})
    point("undo: withdrawn")
    body = {
        "case": str(held["id"]),
        "assessment": str(own["id"]),
        "restores": str(earlier["id"]) if earlier else None,
        "state": str(state),
    }
    event = NewEvent(kind=events.OPINION_WITHDRAWN, item=undoing.item["id"], body=body, happened_at=at)
    cause = record([event], by=by, at=at)[0]
    point("undo: recorded")
    _set_back(undoing, past, state, cause)
    point("undo: set back")
    if state == Case.SETTLED or held_by_another(held, person=by.name, at=at):
        return None
    return take(case=held, by=by, at=at)


def _set_back(undoing: _Undoing, past: _Past, state: Case, cause: UUID) -> None:
    """The case's row, the item and the reports' outcome as the past had them."""
    item, held, at = undoing.item, undoing.held, undoing.at
    settled_at: datetime | None
    if past.settlement is not None and past.settled_at is not None:
        verdict, settled_at = past.settlement.outcome, past.settled_at
        write_settled(case_id=held["id"], reached=past.settlement, former=past.former, moment=past.settled_at)
    else:
        before = settled_before(item_id=item["id"], round=held["round"])
        verdict, settled_at = (before["outcome"], before["settled_at"]) if before else ("", None)
    if state != Case.SETTLED:
        await_opinion(case_id=held["id"], state=state, since=_since(undoing, state))
        unsettle_item(item=item)
    elif item["state"] != Item.OPEN or held["state"] != Case.SETTLED:  # an item reported again meanwhile stays open
        settle_item(item=item, verdict=verdict, at=at)
    if past.settlement is None:
        run(FORGET, [held["id"]])
    restore_verdict(item=item, verdict=verdict, at=settled_at)
    note_outcomes(item_ids=[item["id"]])
    point("undo: outcomes noted")
    if state == Case.SETTLED and past.settlement is not None:
        _tell_settled(undoing, past.settlement, past.former, cause)


def _since(undoing: _Undoing, state: Case) -> datetime:
    """From when the case waits: it was opened, or the latest opinion left was given."""
    left = [row["recorded_at"] for row in undoing.said if row["id"] != undoing.own["id"]]
    opened: datetime = undoing.held["opened_at"]
    return opened if state == Case.WAITING else max([opened, *left])


def _tell_settled(undoing: _Undoing, settlement: Conclusion, former: bool, cause: UUID) -> None:
    """The case is settled as it was before: whoever refers it must know, where that is not what was said last."""
    held, at = undoing.held, undoing.at
    same = says_the_same(held, settlement)
    if held["state"] != Case.SETTLED or not same:
        turn = Turn(item=undoing.item, held=held, latest=True, cause=cause, person=undoing.by, moment=at, at=at)
        record_settled(turn, settlement, former=former, changed=not same)
