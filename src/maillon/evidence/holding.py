"""Legal holds: what is kept about an item stays past its term, for a reason, until a person ends the hold."""

from datetime import date, datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.recipients import said
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows

LOCK = "SELECT id, purge_id FROM evidence_object WHERE about = %s ORDER BY id FOR UPDATE"
HOLD = """
INSERT INTO evidence_legalhold (house, id, about, reason, held_by, held_at, review_on, ended_by, ended_reason)
VALUES (%s, %s, %s, %s, %s, %s, %s, '', '') ON CONFLICT (house, about) WHERE ended_at IS NULL DO NOTHING RETURNING id
"""
END = """
UPDATE evidence_legalhold SET ended_by = %s, ended_reason = %s, ended_at = %s WHERE about = %s AND ended_at IS NULL
RETURNING id
"""
REVIEW = "SELECT * FROM evidence_legalhold WHERE ended_at IS NULL AND review_on <= %s ORDER BY review_on, id"


def hold_evidence(*, about: UUID, reason: str, review_on: date, by: Actor, at: datetime) -> UUID:
    """Keep what there is about the item, whatever its term; the hold's id. Somebody looks at it again on `review_on`.

    Raises NotAllowed, BadInput, NotFound where nothing is kept about it (any more).
    """
    with acting(by):
        check(by, Permission.HOLD_EVIDENCE)
        why = said(reason)
        if review_on <= brussels_day(at):
            raise BadInput("A hold is looked at again; give a day of review that lies ahead.")
        if not [row for row in rows(LOCK, [about]) if row["purge_id"] is None]:
            raise NotFound(f"Nothing is kept about the item {about} (any more); there is nothing to hold.")
        held = one(HOLD, [by.house, uuid7(at), about, why, by.name, at, review_on])
        if held is None:
            raise BadInput(f"A hold stands on the item {about} already; end it first.")
        body = {"hold": str(held["id"]), "reason": why, "review_on": review_on.isoformat()}
        record([NewEvent(kind=events.HELD, item=about, body=body, happened_at=at)], by=by, at=at)
        return UUID(str(held["id"]))


def release_evidence(*, about: UUID, reason: str, by: Actor, at: datetime) -> None:
    """End the hold on the item: what is past its term is purged at once. Raises NotAllowed, BadInput, NotFound."""
    with acting(by):
        check(by, Permission.HOLD_EVIDENCE)
        why = said(reason)
        ended = one(END, [by.name, why, at, about])
        if ended is None:
            raise NotFound(f"There is no hold on the item {about}.")
        body = {"hold": str(ended["id"]), "reason": why}
        record([NewEvent(kind=events.RELEASED, item=about, body=body, happened_at=at)], by=by, at=at)


def holds_to_review(*, on: date) -> list[Row]:
    """The holds whose day of review has come, as whoever acts sees them."""
    return rows(REVIEW, [on])
