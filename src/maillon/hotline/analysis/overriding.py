"""What a manager changes by hand, always with a reason: a case's term, its urgency, who holds it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.claiming import FREE, locked_case
from maillon.hotline.analysis.filters import URGENCIES
from maillon.hotline.analysis.states import Case
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, rows, run
from maillon.rules.terms import escalated_at

BY_PERSON = "person"
"""What stands where a rule's reference would, once a person set the term or the urgency."""

LONGEST_REASON = 500

NOTE = "UPDATE analysis_case SET overridden_at = %s WHERE id = %s"

SET_TERM = "UPDATE analysis_case SET due_at = %s, due_rule = %s, steps = 0, escalate_at = %s WHERE id = %s"

SET_URGENCY = "UPDATE analysis_case SET urgency = %s, urgency_rule = %s WHERE id = %s"

# The latest overrides are among those of the cases overridden latest: each statement walks an index and stops.
OVERRIDES = """
SELECT e.id, e.item, e.actor, e.happened_at, s.name AS site, b.body
FROM (
  SELECT DISTINCT house, item_id FROM (
    SELECT c.house, c.item_id FROM analysis_case c JOIN items_item i ON i.house = c.house AND i.id = c.item_id
    WHERE c.overridden_at IS NOT NULL ORDER BY c.overridden_at DESC LIMIT %(limit)s
  ) latest
) c
JOIN items_item i ON i.house = c.house AND i.id = c.item_id
JOIN items_site s ON s.house = i.house AND s.id = i.site_id
JOIN outbox_event e ON e.house = c.house AND e.item = c.item_id AND e.kind = %(kind)s
LEFT JOIN outbox_eventbody b ON b.house = e.house AND b.event_id = e.id
ORDER BY e.id DESC LIMIT %(limit)s
"""


def override_term(*, case_id: UUID, due_at: datetime, reason: str, by: Actor, at: datetime) -> None:
    """The case is due at another moment, still to come; lateness is counted from there.

    Raises NotAllowed, NotFound, BadInput, ForbiddenStep where it is settled.
    """
    with acting(by):
        case = _opened(case_id, reason, by)
        if due_at <= at:
            raise BadInput("Give a term that is still to come.")
        run(SET_TERM, [due_at, BY_PERSON, escalated_at("case", due_at, danger=False), case_id])
        before = stamp(case["due_at"]) if case["due_at"] else ""
        _note(case, "term", before, stamp(due_at), reason, by, at)


def override_urgency(*, case_id: UUID, urgency: int, reason: str, by: Actor, at: datetime) -> None:
    """The case is more or less urgent, 1 (most) to 5. Raises as `override_term`."""
    with acting(by):
        case = _opened(case_id, reason, by)
        if urgency not in URGENCIES:
            raise BadInput("Give an urgency from 1 (most urgent) to 5.")
        run(SET_URGENCY, [urgency, BY_PERSON, case_id])
        _note(case, "urgency", str(case["urgency"]), str(urgency), reason, by, at)


def take_claim_back(*, case_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Nobody holds the case any more. Raises as `override_term`, and ForbiddenStep where nobody holds it."""
    with acting(by):
        case = _opened(case_id, reason, by)
        if not case["claimed_by"] or case["claimed_until"] <= at:
            raise ForbiddenStep("Nobody is at this case; there is no claim to take back.")
        run(FREE, [[case_id]])
        _note(case, "claim", case["claimed_by"], "", reason, by, at)


def overrides(*, limit: int = 50) -> list[Row]:
    """The latest overrides, newest first: id, item, site, actor, happened_at, case, what, before, after, reason.

    `what` is term, urgency or claim. The last five are None where retention erased them.
    """
    found = rows(OVERRIDES, {"kind": events.CASE_OVERRIDDEN.name, "limit": limit})
    return [{**{k: v for k, v in row.items() if k != "body"}, **_read(row["body"])} for row in found]


def _read(body: Any) -> Row:
    said = orjson.loads(bytes(body)) if body is not None else {}
    return {field: said.get(field) for field in events.CASE_OVERRIDDEN.fields}


def _opened(case_id: UUID, reason: str, by: Actor) -> Row:
    check(by, Permission.OVERRIDE)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(f"Give a reason of at most {LONGEST_REASON} characters; it is kept with the change.")
    case = locked_case(case_id=case_id)
    if case["state"] == Case.SETTLED:
        raise ForbiddenStep("The case is settled; there is nothing left to change.")
    return case


def _note(case: Row, what: str, before: str, after: str, reason: str, by: Actor, at: datetime) -> None:
    run(NOTE, [at, case["id"]])
    point("override: written")
    body = {"case": str(case["id"]), "what": what, "before": before, "after": after, "reason": reason.strip()}
    event = NewEvent(kind=events.CASE_OVERRIDDEN, item=case["item_id"], body=body, happened_at=at)
    record([event], by=by, at=at)
