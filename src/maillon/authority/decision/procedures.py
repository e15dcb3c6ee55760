"""What justice, the hotline and the providers agreed, from a day until another: no measure without it."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.policy import PROVIDERS, check_words
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

PARTIES = ("justice", "hotline", "providers")
"""Who must have agreed at least."""

INSERT = """
INSERT INTO decision_procedure (house, id, kind, name, parties, agreed_on, valid_from, valid_until, source, recorded_by,
  recorded_at)
VALUES (%(house)s, %(id)s, %(kind)s, %(name)s, %(parties)s, %(agreed_on)s, %(valid_from)s, %(valid_until)s, %(source)s,
  %(by)s, %(at)s)
"""


def record_procedure(
    *,
    kind: str,
    name: str,
    parties: Sequence[str],
    agreed_on: date,
    valid_from: date,
    valid_until: date | None = None,
    source: str,
    by: Actor,
    at: datetime,
) -> UUID:
    """Record how measures of this `kind` (removal or blocking) are carried out, in [valid_from, valid_until).

    `source` is where the agreement can be read. Raises NotAllowed, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_PROCEDURES)
        if kind not in PROVIDERS:
            raise BadInput(f"{kind!r} is no kind of measure; choose from {', '.join(PROVIDERS)}.")
        if absent := [party for party in PARTIES if party not in parties]:
            raise BadInput(f"A procedure is agreed between all; it lacks {', '.join(absent)}.")
        if agreed_on > valid_from or (valid_until is not None and valid_until <= valid_from):
            raise BadInput("A procedure is agreed first, then begins, then ends; put its days in this order.")
        id = uuid7(at)
        params = {
            "house": by.house,
            "id": id,
            "kind": kind,
            "name": check_words(name, "A procedure's name"),
            "parties": list(parties),
            "agreed_on": agreed_on,
            "valid_from": valid_from,
            "valid_until": valid_until,
            "source": check_words(source, "A procedure's source"),
            "by": by.name,
            "at": at,
        }
        run(INSERT, params)
        body = {
            "procedure": str(id),
            "kind": kind,
            "name": params["name"],
            "parties": list(parties),
            "agreed_on": agreed_on.isoformat(),
            "valid_from": valid_from.isoformat(),
            "valid_until": valid_until.isoformat() if valid_until else None,
        }
        record([NewEvent(kind=events.PROCEDURE_RECORDED, item=None, body=body, happened_at=at)], by=by, at=at)
        return id


def end_procedure(*, id: UUID, on: date, reason: str, by: Actor, at: datetime) -> None:
    """From the day `on`, no measure can be recorded under it; those that were stand under their orders.

    Raises NotAllowed, NotFound, BadInput where it ends before or began after that day.
    """
    with acting(by):
        check(by, Permission.MANAGE_PROCEDURES)
        why = check_words(reason, "Ending a procedure")
        found = one("SELECT * FROM decision_procedure WHERE id = %s FOR UPDATE", [id])
        if found is None:
            raise NotFound(f"There is no procedure {id}; `maillon procedures` lists them.")
        if on < brussels_day(at):
            raise BadInput("What was recorded under it stands; a procedure ends today or later.")
        if on <= found["valid_from"] or (found["valid_until"] is not None and on >= found["valid_until"]):
            raise BadInput(f"The procedure is not in force on {on}; give a day between its first and its last.")
        run("UPDATE decision_procedure SET valid_until = %s WHERE id = %s", [on, id])
        body = {"procedure": str(id), "kind": found["kind"], "on": on.isoformat(), "reason": why}
        record([NewEvent(kind=events.PROCEDURE_ENDED, item=None, body=body, happened_at=at)], by=by, at=at)


def procedures(*, on: date | None = None) -> list[Row]:
    """All procedures of the house acted in, or those in force on a day, the latest first."""
    return rows(
        "SELECT * FROM decision_procedure "
        "WHERE %(on)s::date IS NULL OR (valid_from <= %(on)s AND (valid_until IS NULL OR valid_until > %(on)s)) "
        "ORDER BY valid_from DESC, id DESC",
        {"on": on},
    )


def procedure_in_force(*, kind: str, on: date) -> Row | None:
    """The procedure for measures of this kind on a day: of several, the one that began last; or None."""
    return next((row for row in procedures(on=on) if row["kind"] == kind), None)
