"""Clearances: labels that an item may demand, and that a person must hold to be shown anything of it.

A label is held from a day until another, given by somebody else, for a reason. Role, queue or organisation never
stand in for it: row security hides what demands a label from every transaction whose actor does not hold it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from maillon.access import events
from maillon.access.permissions import Permission, check
from maillon.access.queries import person_exists
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, NotAllowed, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import run

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "restricted": "For the few who were named for it, such as where somebody of the house is concerned.",
        "sealed": "For those alone whom an authority asked for by name.",
    }
)
"""Every label and what it means; the names are ours. The one place where labels are made."""

GIVE = """
INSERT INTO access_clearance (house, person, label, valid_from, valid_until, reason, given_by, given_at)
VALUES (%(house)s, %(person)s, %(label)s, %(start)s, %(until)s, %(reason)s, %(by)s, %(at)s)
ON CONFLICT (house, person, label, valid_from) DO UPDATE SET valid_until = excluded.valid_until,
  reason = excluded.reason, given_by = excluded.given_by, given_at = excluded.given_at, ended_at = NULL
WHERE access_clearance.ended_at IS NOT NULL
"""

END = """
UPDATE access_clearance SET ended_at = %(at)s
WHERE person = %(person)s AND label = %(label)s AND ended_at IS NULL AND valid_until > %(day)s
"""


def known_label(label: str) -> str:
    """`label`, where there is such a one. Raises BadInput."""
    if label not in LABELS:
        raise BadInput(f"{label!r} is no clearance; choose from {', '.join(LABELS)}.")
    return label


def reasoned(reason: str) -> str:
    """`reason` without surrounding spaces. Raises BadInput where nothing is left."""
    if not reason.strip():
        raise BadInput("A clearance is given, ended, demanded or lifted for a reason; say which.")
    return reason.strip()


def give_clearance(
    *, person: str, label: str, valid_from: date, valid_until: date, reason: str, by: Actor, at: datetime
) -> None:
    """Let `person` of the house of `by` hold `label` in [valid_from, valid_until). Nobody gives one to themselves.

    Raises NotAllowed, NotFound, BadInput (unknown label, no reason, days turned round, one held from that day already).
    """
    with acting(by):
        check(by, Permission.GIVE_CLEARANCE)
        if person == by.name:
            raise NotAllowed("Nobody gives a clearance to themselves; have another who gives clearances do it.")
        if not person_exists(name=person):
            raise NotFound(f"There is no account {person} in {by.house}; make it with `maillon user add`.")
        if valid_until <= valid_from:
            raise BadInput(f"The clearance must end after it begins; {valid_until} is not after {valid_from}.")
        body = {
            "person": person,
            "label": known_label(label),
            "valid_from": valid_from.isoformat(),
            "valid_until": valid_until.isoformat(),
            "reason": reasoned(reason),
        }
        given = {**body, "start": valid_from, "until": valid_until, "house": by.house, "by": by.name, "at": at}
        if not run(GIVE, given):
            raise BadInput(f"{person} holds {label} from {valid_from} already; end that one first.")
        record([NewEvent(kind=events.CLEARANCE_GIVEN, item=None, body=body, happened_at=at)], by=by, at=at)


def end_clearance(*, person: str, label: str, reason: str, by: Actor, at: datetime) -> None:
    """From this moment on `person` holds `label` no more, nor later on where it was to begin then.

    Raises NotAllowed, NotFound where none is held, BadInput.
    """
    with acting(by):
        check(by, Permission.GIVE_CLEARANCE)
        body = {"person": person, "label": known_label(label), "reason": reasoned(reason)}
        if not run(END, {"person": person, "label": label, "at": at, "day": brussels_day(at)}):
            raise NotFound(f"{person} holds no clearance {label} in {by.house}; `maillon user list` shows who does.")
        record([NewEvent(kind=events.CLEARANCE_ENDED, item=None, body=body, happened_at=at)], by=by, at=at)
