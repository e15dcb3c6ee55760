"""One matter for each item: what arrives joins it, opens it again where it was closed, and makes it as grave."""

from datetime import datetime
from uuid import UUID

from maillon.authority.inbox import events
from maillon.authority.inbox.locking import LOCK_MATTER
from maillon.authority.inbox.states import MATTER, Matter
from maillon.kernel.crash import point
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, run

MAKE = """
INSERT INTO inbox_matter (house, id, item_id, state, flags, opened_at)
VALUES (%(house)s, %(id)s, %(item)s, 'waiting', '{}', %(at)s) ON CONFLICT (house, item_id) DO NOTHING
"""

OF_ITEM = LOCK_MATTER.replace("WHERE id", "WHERE item_id")

HOLDS = "({a}.state = 'waiting' OR {a}.state = 'acknowledged' AND {a}.kind <> 'callback')"
"""What an arrival says still counts; a call-back does until somebody took note of it."""

WEIGH = f"""
UPDATE inbox_matter m SET severity = g.severity, flags = g.flags, due_at = g.due_at FROM (
  SELECT max(a.severity) FILTER (WHERE {HOLDS.format(a="a")}) AS severity,
    min(a.due_at) FILTER (WHERE a.state = 'waiting') AS due_at,
    ARRAY(SELECT DISTINCT flag FROM inbox_arrival f, unnest(f.flags) AS flag
      WHERE f.matter_id = %(matter)s AND {HOLDS.format(a="f")} ORDER BY flag) AS flags
  FROM inbox_arrival a WHERE a.matter_id = %(matter)s
) g WHERE m.id = %(matter)s
"""

REOPEN = "UPDATE inbox_matter SET state = %s, closed_at = NULL, closed_why = '', opened_at = %s WHERE id = %s"


def matter_for(*, item_id: UUID | None, by: Actor, at: datetime) -> Row:
    """The item's matter, locked, made where there is none; without an item always a new one. The item is locked."""
    id = uuid7(at)
    run(MAKE, {"house": by.house, "id": id, "item": item_id, "at": at})
    found = one(LOCK_MATTER, [id]) if item_id is None else one(OF_ITEM, [item_id])
    assert found is not None
    return found


def weigh(matter_id: UUID) -> None:
    """Bring a matter's severity, flags and term in line with what arrived. Its item is locked."""
    run(WEIGH, {"matter": matter_id})


def reopen(matter: Row, *, arrival: UUID, cause: UUID | None, by: Actor, at: datetime) -> None:
    """What was closed waits again, for the unit that had it; nothing happens to what is open."""
    if matter["state"] != Matter.CLOSED:
        return
    state = MATTER.step(matter["state"], "reopen", Matter.PASSED if matter["unit"] else Matter.WAITING)
    run(REOPEN, [state, at, matter["id"]])
    point("matter: reopened")
    body = {"matter": str(matter["id"]), "arrival": str(arrival)}
    record([NewEvent(kind=events.REOPENED, item=matter["item_id"], body=body, happened_at=at, cause=cause)],
           by=by, at=at)  # fmt: skip
