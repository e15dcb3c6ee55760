"""Leaving: from one moment on a person acts in the house no more, whatever they have open.

What they had taken on is given back by those who keep it (`flow.handovers`, account_left).
"""

from datetime import datetime

from maillon.access import events
from maillon.access.devices import shut
from maillon.access.invitations import void_links
from maillon.access.permissions import ROLES, Permission, check
from maillon.access.reasons import reasoned
from maillon.access.roster import active_account
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import rows, run

# In the order of names, and before anything else is locked: two who end each other's account do so in turn.
KEEPERS = "SELECT name, roles FROM access_person WHERE active AND roles && %s ORDER BY name FOR NO KEY UPDATE"

CLEARANCES = """
UPDATE access_clearance SET ended_at = %(at)s
WHERE person = %(person)s AND ended_at IS NULL AND valid_until > %(day)s RETURNING label
"""


def leave(*, person: str, reason: str, by: Actor, at: datetime) -> None:
    """End the account `person` at once: sessions, second steps, links and clearances with it.

    Raises NotAllowed for one's own account and for the last who manages accounts; NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        if person == by.name:
            raise NotAllowed("Nobody ends their own account; have another who manages accounts do it.")
        why = reasoned(reason)
        _refuse_last(person)
        active_account(name=person, at=at)
        run("UPDATE access_person SET active = false, left_at = %s WHERE name = %s", [at, person])
        shut(person=person, house=by.house, active=False)
        void_links(person=person, at=at)
        ended = [
            {"person": person, "label": row["label"], "reason": why}
            for row in rows(CLEARANCES, {"person": person, "at": at, "day": brussels_day(at)})
        ]
        left = {"person": person, "reason": why}
        bodies = [*((events.CLEARANCE_ENDED, body) for body in ended), (events.ACCOUNT_LEFT, left)]
        record([NewEvent(kind=kind, item=None, body=body, happened_at=at) for kind, body in bodies], by=by, at=at)


def _refuse_last(person: str) -> None:
    """Raises NotAllowed where `person` alone has a role that manages accounts."""
    managing = [role for role, held in ROLES.items() if Permission.MANAGE_ACCOUNTS in held]
    keepers = {row["name"]: set(row["roles"]) for row in rows(KEEPERS, [managing])}
    for role in sorted(keepers.get(person, set()) & set(managing)):
        if not any(role in roles for name, roles in keepers.items() if name != person):
            raise NotAllowed(f"{person} is the last {role} of this house; invite another first.")
