"""Look step by step, note for how long, stop looking, and let somebody look on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from maillon.access.permissions import Permission, check, may
from maillon.access.queries import person
from maillon.items.captures import capture, media_of
from maillon.items.services import lock_item
from maillon.kernel.clock import brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.kernel.ids import uuid7, uuid7s
from maillon.looking import events
from maillon.looking.policy import Known, Look, check_step, day_ends, limits, measured, passed
from maillon.looking.queries import leave_of, looks_of, standing_reveals, state_of
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, as_json, one, rows, run

LONGEST_REASON = 500
MOST_MEDIA = 200

INSERT = """
INSERT INTO looking_reveal (house, id, person, item_id, capture_id, medium_id, kind, step, severity, opened_at, ends_at,
  seconds, passed)
SELECT %(house)s, id, %(person)s, %(item)s, %(capture)s, medium, kind, step, %(severity)s, %(at)s, %(ends)s, 0,
  %(passed)s
FROM json_to_recordset(%(reveals)s::json) AS g(id uuid, medium uuid, kind text, step smallint)
"""

NOTE = """
UPDATE looking_reveal r SET seconds = g.seconds, seen_at = g.seen_at
FROM json_to_recordset(%s::json) AS g(id uuid, seconds int, seen_at timestamptz) WHERE r.id = g.id
"""

SEEN = """
SELECT id, opened_at, ends_at, seconds, seen_at FROM looking_reveal
WHERE id = ANY(%s) AND person = %s ORDER BY id FOR NO KEY UPDATE
"""

GIVE_LEAVE = """
INSERT INTO looking_leavetolook (house, id, person, given_by, given_at, until, reason)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

SHOWN = """
SELECT r.kind, r.step, r.item_id, r.capture_id, r.ends_at,
  CASE WHEN r.medium_id IS NULL THEN c.object_id ELSE m.object_id END AS object_id
FROM looking_reveal r JOIN items_item i ON i.house = r.house AND i.id = r.item_id
JOIN items_capture c ON c.house = r.house AND c.id = r.capture_id
LEFT JOIN items_medium m ON m.house = r.house AND m.id = r.medium_id
WHERE r.id = %s AND r.person = %s AND r.ends_at > %s
"""

TEXT: Row = {"id": None, "kind": "text"}


def reveal(
    *,
    item_id: UUID,
    capture_id: UUID,
    media: Sequence[UUID | None],
    step: int,
    known: Known,
    by: Actor,
    at: datetime,
) -> list[UUID]:
    """Show `by` these media of a capture (None: the page's text) at this step, for some minutes; the reveals' ids.

    Each leaves an event of its own; what stands at this step already is answered again and leaves none. Raises
    NotAllowed, NotFound, BadInput where there is nothing to show, StepSkipped, LookingStopped.
    Source: rules/tables/exposure.toml
    """
    with acting(by):
        check(by, Permission.LOOK)
        lock_item(item_id=item_id)
        wanted = _wanted(item_id, capture_id, media)
        _count(by, at)
        leave = leave_of(person=by.name, at=at)
        why = passed(state_of(by=by, at=at), let_on=leave is not None, imminent_danger=known.imminent_danger)
        standing = standing_reveals(capture_id=capture_id, by=by, at=at)
        found, new = [], []
        for medium in wanted:
            before = standing.get(medium["id"])
            check_step(medium["kind"], step, before["step"] if before else None)
            if before and before["step"] == step:
                found.append(before["id"])
            else:
                new.append(medium)
        ids = uuid7s(at, len(new)) if new else []
        reveals = [
            {"id": id, "medium": medium["id"], "kind": medium["kind"], "step": step}
            for id, medium in zip(ids, new, strict=True)
        ]
        run(
            INSERT,
            {
                "house": by.house,
                "person": by.name,
                "item": item_id,
                "capture": capture_id,
                "severity": known.severity,
                "at": at,
                "ends": at + limits(brussels_day(at)).reveal_lasts,
                "passed": why,
                "reveals": as_json(reveals),
            },
        )
        point("looking: revealed")
        record([_revealed(item_id, capture_id, one, known, why, at) for one in reveals], by=by, at=at)
        return [*found, *ids]


def _wanted(item_id: UUID, capture_id: UUID, media: Sequence[UUID | None]) -> list[Row]:
    """What is to be shown, of this capture of this item. Raises NotFound, BadInput."""
    found = capture(id=capture_id)
    if found is None or found["item_id"] != item_id:
        raise NotFound(f"There is no capture {capture_id} of this item.")
    if not media or len(media) > MOST_MEDIA:
        raise BadInput(f"Ask for at least one medium, and for at most {MOST_MEDIA}.")
    known: dict[UUID | None, Row] = {row["id"]: row for row in media_of(capture_ids=[capture_id])[capture_id]}
    known[None] = {**TEXT, "object_id": found["object_id"] if found["text_length"] else None, "outcome": "ok"}
    wanted = list(dict.fromkeys(media))
    if missing := [id for id in wanted if id not in known]:
        raise NotFound(f"There is no medium {missing[0]} in this capture.")
    if any(known[id]["object_id"] is None or known[id]["outcome"] != "ok" for id in wanted):
        raise BadInput("Nothing can be shown of this: it was not received, is no picture, or was purged.")
    return [known[id] for id in wanted]


def _revealed(
    item_id: UUID, capture_id: UUID, one: dict[str, Any], known: Known, why: str, at: datetime
) -> NewEvent:  # fmt: skip
    body = {
        "capture": str(capture_id),
        "medium": str(one["medium"] or ""),
        "looked_at": one["kind"],
        "shown_as": one["step"],
        "severity": known.severity,
        "passed": why,
    }
    return NewEvent(kind=events.REVEALED, item=item_id, body=body, happened_at=at)


def _count(by: Actor, at: datetime) -> None:
    """Write down what nobody measured of what `by` was shown before this act."""
    found = looks_of(person=by.name, at=at)
    open_ = [row for row in found if row["seen_at"] is None]
    looks = measured((Look(row["opened_at"], row["ends_at"]) for row in open_), at)
    noted = [
        {"id": row["id"], "seconds": round(look.seconds), "seen_at": look.seen_at}
        for row, look in zip(open_, looks, strict=True)
    ]
    if noted:
        run(NOTE, [as_json(noted)])


def note_seen(*, reveals: Sequence[UUID], seconds: int, by: Actor, at: datetime) -> None:
    """Note that these reveals of `by` were on the screen together for `seconds` more, which they share.

    Never more than passed on the clock since they were last noted, nor than each was shown. Raises NotAllowed,
    BadInput; reveals of others are passed over.
    """
    with acting(by):
        check(by, Permission.LOOK)
        if seconds < 0 or len(reveals) > MOST_MEDIA:
            raise BadInput("Seconds count up, of a page's reveals.")
        found = rows(SEEN, [list(reveals), by.name])
        if not found:
            return
        passed_by = min(at - (row["seen_at"] or row["opened_at"]) for row in found)
        share, rest = divmod(max(min(seconds, int(passed_by.total_seconds())), 0), len(found))
        noted = []
        for n, row in enumerate(sorted(found, key=lambda row: (row["seconds"], row["id"]))):
            until = max(row["opened_at"], min(at, row["ends_at"]))
            most = int((until - row["opened_at"]).total_seconds())
            count = min(row["seconds"] + share + (n < rest), max(most, row["seconds"]))
            seen_at = max(until, row["seen_at"] or until)
            noted.append({"id": row["id"], "seconds": count, "seen_at": seen_at})
        run(NOTE, [as_json(noted)])


def hide(*, item_id: UUID, by: Actor, at: datetime) -> None:
    """Show `by` nothing more of what they had revealed of an item. Raises NotAllowed."""
    with acting(by):
        check(by, Permission.LOOK)
        _count(by, at)
        run(
            "UPDATE looking_reveal SET ends_at = %s WHERE item_id = %s AND person = %s AND ends_at > %s",
            [at, item_id, by.name, at],
        )


def let_look_on(*, person_name: str, until: datetime, reason: str, by: Actor, at: datetime) -> UUID:
    """Let somebody look on until a moment of today in spite of the day's limits; the leave's id.

    Nobody gives it to themselves. Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.LET_LOOK_ON)
        if person_name == by.name:
            raise NotAllowed("Nobody lets themselves look on; ask somebody else who may.")
        found = person(name=person_name)
        if found is None or not found["active"]:
            raise NotFound(f"There is no account {person_name} in this house.")
        who = Actor(by.house, person_name, found["organisation"], frozenset(found["roles"]))
        if not may(who, Permission.LOOK):
            raise BadInput(f"{person_name} does not look at what was fetched; choose somebody who does.")
        why = reason.strip()
        if not why or len(why) > LONGEST_REASON:
            raise BadInput(f"Say in at most {LONGEST_REASON} characters why; oversight reads it.")
        if not at + timedelta(minutes=1) <= until <= day_ends(at):
            raise BadInput("Give an end that is still to come, and today: tomorrow has limits of its own.")
        id = uuid7(at)
        run(GIVE_LEAVE, [by.house, id, person_name, by.name, at, until, why])
        body = {"person": person_name, "until": stamp(until), "reason": why}
        record([NewEvent(kind=events.LET_ON, item=None, body=body, happened_at=at)], by=by, at=at)
        return id


def shown_reveal(*, reveal_id: UUID, by: Actor, at: datetime) -> Row:
    """What a reveal of `by` that still lasts shows: kind, step, object_id. Raises NotAllowed, NotFound."""
    check(by, Permission.LOOK)
    found = one(SHOWN, [reveal_id, by.name, at])
    if found is None or found["object_id"] is None:
        raise NotFound(f"Nothing is shown by {reveal_id}: it is over, purged, or somebody else's.")
    return found
