"""Say on which content an opinion rests: whoever looked at it marks it, so that equal content is known elsewhere."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.queries import latest_case, opinions
from maillon.items.services import lock_item
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, rows, run

CLEARLY = 1
"""The first step of a reveal that is not blurred (`decoding.shapes.Step`): what was seen blurred alone bears nothing.
"""

LOOKED_AT = """
SELECT m.id, encode(m.sha256, 'hex') AS sha256 FROM items_medium m
WHERE m.item_id = %(item)s AND m.id = ANY(%(media)s) AND m.sha256 IS NOT NULL AND EXISTS (
  SELECT 1 FROM looking_reveal r
  WHERE r.house = m.house AND r.medium_id = m.id AND r.person = %(person)s AND r.step >= %(step)s)
"""

CONFIRM = """
INSERT INTO analysis_confirmation (house, id, sha256, item_id, assessment_id, person, scheme, version, code, severity,
  confirmed_at)
SELECT a.house, g.id, decode(g.sha256, 'hex'), a.item_id, a.id, a.person, a.scheme, a.version, a.code, a.severity,
  %(at)s
FROM analysis_assessment a, json_to_recordset(%(media)s::json) AS g(id uuid, sha256 text)
WHERE a.id = %(assessment)s
ON CONFLICT (house, sha256, item_id, person) WHERE withdrawn_at IS NULL DO NOTHING
"""

CONFIRMED = """
SELECT m.id FROM items_medium m JOIN analysis_confirmation f ON f.house = m.house AND f.sha256 = m.sha256
WHERE m.item_id = %(item)s AND f.item_id = m.item_id AND f.person = %(person)s AND f.withdrawn_at IS NULL
"""


def confirm_media(*, item_id: UUID, media: Collection[UUID], by: Actor, at: datetime) -> int:
    """One's own opinion of the item, in the round now open or last settled, rests on these media; how many are new.

    Repeating it changes nothing. It ends with the opinion, changed or taken back. Raises NotAllowed, NotFound, and
    ForbiddenStep where one gave no opinion, or did not look at one of them clearly.
    """
    with acting(by):
        check(by, Permission.ASSESS)
        lock_item(item_id=item_id)
        own = _own(item_id, by)
        given = {"item": item_id, "media": list(media), "person": by.name, "step": CLEARLY}
        seen = {row["id"]: row["sha256"] for row in rows(LOOKED_AT, given)}
        if set(media) - set(seen):
            raise ForbiddenStep("An opinion rests on what one looked at clearly oneself; look at it first.")
        digests = sorted(set(seen.values()))
        new = [{"id": id, "sha256": one} for id, one in zip(uuid7s(at, len(digests)), digests, strict=True)]
        count = run(CONFIRM, {"assessment": own["id"], "media": as_json(new), "at": at}) if new else 0
        point("confirm: written")
        if count:
            body = {"case": str(own["case_id"]), "assessment": str(own["id"]), "media": count}
            record([NewEvent(kind=events.MEDIA_CONFIRMED, item=item_id, body=body, happened_at=at)], by=by, at=at)
    return count


def _own(item_id: UUID, by: Actor) -> Row:
    """The opinion of `by` that stands in the item's latest round, with `case_id`."""
    case = latest_case(item_id=item_id)
    standing = opinions(case_id=case["id"]) if case else []
    own = next((row for row in standing if row["person"] == by.name and not row["former"]), None)
    if case is None or own is None:
        raise ForbiddenStep("Give your opinion on the item first; then say on which content it rests.")
    return {**own, "case_id": case["id"]}


def looked_at(*, item_id: UUID, media: Collection[UUID], person: str) -> frozenset[UUID]:
    """Those of the media that `person` looked at clearly, so that an opinion may rest on them."""
    given = {"item": item_id, "media": list(media), "person": person, "step": CLEARLY}
    return frozenset(row["id"] for row in rows(LOOKED_AT, given))


def confirmed(*, item_id: UUID, person: str) -> frozenset[UUID]:
    """The item's media on which the opinion of `person` rests."""
    return frozenset(row["id"] for row in rows(CONFIRMED, {"item": item_id, "person": person}))


def withdraw_confirmations(*, assessment_id: UUID, at: datetime) -> None:
    """The opinion was changed or taken back: it confirms nothing any more. The caller holds the item's lock."""
    run(
        "UPDATE analysis_confirmation SET withdrawn_at = %s WHERE assessment_id = %s AND withdrawn_at IS NULL",
        [at, assessment_id],
    )


def restore_confirmations(*, assessment_id: UUID, since: datetime) -> None:
    """The opinion that was changed at `since` holds again, and with it what it rested on until then."""
    run(
        "UPDATE analysis_confirmation SET withdrawn_at = NULL WHERE assessment_id = %s AND withdrawn_at = %s",
        [assessment_id, since],
    )
