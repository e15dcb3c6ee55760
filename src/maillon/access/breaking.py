"""Breaking the glass: who may takes a clearance for themselves, for a reason and minutes; oversight reviews each."""

from datetime import datetime, timedelta
from uuid import UUID

from maillon.access import events
from maillon.access.clearances import known_label
from maillon.access.permissions import Permission, check
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, rows, run
from maillon.rules.table import load

LONGEST_REASON = 500

BREAK = """
INSERT INTO access_breakglass (house, id, person, label, reason, began_at, ends_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
"""

RUNNING = """
SELECT id, label, reason, began_at, ends_at FROM access_breakglass
WHERE person = %s AND ended_at IS NULL AND began_at <= %s AND ends_at > %s ORDER BY ends_at, id
"""


def break_glass(*, label: str, reason: str, by: Actor, at: datetime) -> UUID:
    """Let `by` hold `label` from now on, for as long as rules/tables/break_glass.toml says; the break's id.

    `find_actor` gives it with the next request. Raises NotAllowed, BadInput (unknown label, no reason, held already).
    """
    with acting(by):
        check(by, Permission.BREAK_GLASS)
        known_label(label)
        why = reason.strip()
        if not why or len(why) > LONGEST_REASON:
            raise BadInput(f"Say in at most {LONGEST_REASON} characters why you must see it; oversight reads it.")
        if label in by.clearances or any(row["label"] == label for row in running_glass(person=by.name, at=at)):
            raise BadInput(f"You hold the clearance {label} already.")
        rule = load("break_glass").row(on=brussels_day(at), label=label)
        id, until = uuid7(at), at + timedelta(minutes=rule.number)
        run(BREAK, [by.house, id, by.name, label, why, at, until])
        body = {"glass": str(id), "label": label, "until": stamp(until), "reason": why}
        record([NewEvent(kind=events.GLASS_BROKEN, item=None, body=body, happened_at=at, rule=rule.ref)], by=by, at=at)
        return id


def mend_glass(*, glass: UUID, by: Actor, at: datetime) -> None:
    """Give a clearance back before its time. Raises NotFound where it is not one's own, or over already."""
    with acting(by):
        ended = one(
            "UPDATE access_breakglass SET ended_at = %s WHERE id = %s AND person = %s AND ended_at IS NULL "
            "AND ends_at > %s RETURNING label",
            [at, glass, by.name, at],
        )
        if ended is None:
            raise NotFound(f"You broke no glass {glass} that still lasts.")
        body = {"glass": str(glass), "label": ended["label"]}
        record([NewEvent(kind=events.GLASS_MENDED, item=None, body=body, happened_at=at)], by=by, at=at)


def running_glass(*, person: str, at: datetime) -> list[Row]:
    """What `person` holds by breaking the glass: id, label, reason, began_at, ends_at; the soonest over first."""
    return rows(RUNNING, [person, at, at])
