"""Claims: a case is one person's alone for some minutes, so that no two look at the same item."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from maillon.access.permissions import Permission, check, may
from maillon.hotline.analysis import events
from maillon.hotline.analysis.filters import OPEN_STATES, Wanted
from maillon.hotline.analysis.queue import asked
from maillon.hotline.analysis.states import Case
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep, MaillonError, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run
from maillon.rules.table import load


class Claim(NamedTuple):
    """A case that is one person's until the moment named."""

    case: UUID
    item: UUID
    until: datetime


class ClaimHeld(MaillonError):
    """Somebody else is at the case; wait for the claim to run out, or have a manager take it back."""


CANDIDATE = """
  SELECT c.id, c.item_id, c.claimed_by, c.urgency, c.opened_at FROM analysis_case c
  JOIN items_item i ON i.house = c.house AND i.id = c.item_id
  WHERE c.state <> 'settled' AND {whose} AND c.state = ANY(%(offered)s) {{conditions}}
    AND NOT EXISTS (SELECT 1 FROM analysis_assessment a WHERE a.house = c.house AND a.case_id = c.id
      AND a.person = %(person)s AND a.replaced_at IS NULL)
  ORDER BY c.urgency, c.opened_at, c.id LIMIT 1
  FOR NO KEY UPDATE OF i, c SKIP LOCKED
"""
"""Both rows are locked, none is waited for: what somebody else is at is passed over."""

# Two walks in the order of the queue: of the free ones by its index, of those that ran out by the index of the claims.
# Each index holds `claimed_until`, so that what somebody is at is passed over without reading its row.
NEXT = f"""
WITH free AS ({CANDIDATE.format(whose="c.claimed_until IS NULL")}
), run_out AS ({CANDIDATE.format(whose="c.claimed_until IS NOT NULL AND c.claimed_until <= %(at)s")}
), chosen AS (SELECT * FROM free UNION ALL SELECT * FROM run_out ORDER BY urgency, opened_at, id LIMIT 1)
UPDATE analysis_case t SET claimed_by = %(person)s, claimed_until = %(until)s FROM chosen
WHERE t.id = chosen.id RETURNING t.id, t.item_id, chosen.claimed_by AS before
"""

TAKE = "UPDATE analysis_case SET claimed_by = %(person)s, claimed_until = %(until)s WHERE id = %(id)s"

FREE = "UPDATE analysis_case SET claimed_by = '', claimed_until = NULL WHERE id = ANY(%s)"

CLAIMS = """
SELECT c.id AS case, c.item_id AS item, s.name AS site, c.state, c.urgency, c.due_at, c.claimed_until AS until
FROM analysis_case c
JOIN items_item i ON i.house = c.house AND i.id = c.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
WHERE c.claimed_by = %s AND c.claimed_until IS NOT NULL AND c.claimed_until > %s ORDER BY c.claimed_until, c.id
"""

OWN = """
SELECT c.id, c.item_id FROM analysis_case c JOIN items_item i ON i.house = c.house AND i.id = c.item_id
WHERE c.claimed_by = %s AND c.claimed_until IS NOT NULL ORDER BY c.item_id FOR NO KEY UPDATE OF i, c
"""

SHOWN = """
SELECT c.item_id FROM analysis_case c JOIN items_item i ON i.house = c.house AND i.id = c.item_id WHERE c.id = %s
"""


def claim_minutes(at: datetime) -> timedelta:
    """How long a claim lasts. Source: rules/tables/claim_minutes.toml"""
    return timedelta(minutes=load("claim_minutes").row(on=brussels_day(at)).number)


def claim_next(*, wanted: Wanted, by: Actor, at: datetime) -> Claim | None:
    """The first case of the queue that `wanted` asks for and nobody is at, claimed for `by`; None where there is none.

    Whoever gave an opinion in a round is not offered it again; a dispute is offered to those who may decide it. A claim
    that has run out is taken over. Nobody ever waits: what is locked just now is passed over. Raises NotAllowed.
    """
    with acting(by):
        check(by, Permission.ASSESS)
        conditions, params = asked(wanted)
        offered = [s for s in OPEN_STATES if s != Case.DISPUTED or may(by, Permission.SETTLE_DISPUTE)]
        until = at + claim_minutes(at)
        found = one(
            NEXT.format(conditions=conditions),
            {**params, "offered": offered, "person": by.name, "until": until, "at": at},
        )
        if found is None:
            return None
        point("claim: taken")
        return _note(Claim(found["id"], found["item_id"], until), found["before"], by, at)


def claim(*, case_id: UUID, by: Actor, at: datetime) -> Claim:
    """This case, claimed for `by`. One's own claim starts anew; one that has run out is taken over.

    Raises NotAllowed, also for a dispute that `by` may not decide; NotFound, ClaimHeld; ForbiddenStep once settled.
    """
    with acting(by):
        check(by, Permission.ASSESS)
        found = locked_case(case_id=case_id)
        if found["state"] == Case.SETTLED:
            raise ForbiddenStep("The case is settled; there is nothing to claim.")
        if found["state"] == Case.DISPUTED:
            check(by, Permission.SETTLE_DISPUTE)
        refuse_held(found, person=by.name, at=at)
        return take(case=found, by=by, at=at)


def take(*, case: Row, by: Actor, at: datetime) -> Claim:
    """The case (id, item_id, claimed_by), whose item the caller has locked, claimed for `by`."""
    until = at + claim_minutes(at)
    run(TAKE, {"id": case["id"], "person": by.name, "until": until})
    point("claim: taken")
    return _note(Claim(case["id"], case["item_id"], until), case["claimed_by"], by, at)


def keep_claim(*, case_id: UUID, by: Actor, at: datetime) -> Claim:
    """One's own claim, from now on as long as a new one. Raises NotFound, ClaimHeld once another has the case."""
    return claim(case_id=case_id, by=by, at=at)


def give_back(*, case_id: UUID, by: Actor, at: datetime) -> None:
    """Give one's own claim back; nothing happens where there is none. Raises NotAllowed, NotFound, ClaimHeld."""
    with acting(by):
        check(by, Permission.ASSESS)
        found = locked_case(case_id=case_id)
        refuse_held(found, person=by.name, at=at)
        if found["claimed_by"] == by.name:
            _free([found], by, at)


def give_back_all(*, by: Actor, at: datetime) -> int:
    """Give all of one's own claims back, as on leaving; how many."""
    with acting(by):
        check(by, Permission.ASSESS)
        return _free(rows(OWN, [by.name]), by, at)


def free_claims(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """What those who left had taken on is anybody's again."""
    for left in handed:
        _free(rows(OWN, [left.body["person"]]), by, clock.now())


def claims_of(*, person: str, at: datetime) -> list[Row]:
    """The running claims of `person`, by their end: case, item, site, state, urgency, due_at, until."""
    return rows(CLAIMS, [person, at])


def refuse_held(case: Row, *, person: str, at: datetime) -> None:
    """Raises ClaimHeld where somebody else holds a running claim on the case (id, claimed_by, claimed_until)."""
    if held_by_another(case, person=person, at=at):
        raise ClaimHeld(f"{case['claimed_by']} is at this case; take another one.")


def held_by_another(case: Row, *, person: str, at: datetime) -> bool:
    """Whether somebody other than `person` holds a running claim on the case."""
    return bool(case["claimed_by"] not in ("", person) and case["claimed_until"] > at)


def locked_case(*, case_id: UUID) -> Row:
    """The case, locked with its item: id, item_id, round, state, claimed_by, claimed_until and the rest.

    Raises NotFound, also where the item demands a clearance that is not held.
    """
    found = one(SHOWN, [case_id])
    if found is None:
        raise NotFound(f"There is no case {case_id}; the queue lists those that are open.")
    lock_item(item_id=found["item_id"])
    case = one("SELECT * FROM analysis_case WHERE id = %s FOR NO KEY UPDATE", [case_id])
    assert case is not None
    return case


def _note(taken: Claim, before: str, by: Actor, at: datetime) -> Claim:
    body = {"case": str(taken.case), "until": stamp(taken.until), "before": before}
    record([NewEvent(kind=events.CASE_CLAIMED, item=taken.item, body=body, happened_at=at)], by=by, at=at)
    point("claim: recorded")
    return taken


def _free(cases: list[Row], by: Actor, at: datetime) -> int:
    run(FREE, [[row["id"] for row in cases]])
    point("claim: given back")
    record(
        [
            NewEvent(kind=events.CASE_GIVEN_BACK, item=row["item_id"], body={"case": str(row["id"])}, happened_at=at)
            for row in cases
        ],
        by=by,
        at=at,
    )
    return len(cases)
