"""What a person signs in with: whether it suffices, and taking all of it away when a device was lost.

The second steps themselves (an authenticator app, passkeys, recovery codes) are kept by django-allauth.
"""

import os
from datetime import datetime

from django.contrib.auth.hashers import make_password

from maillon.access import events
from maillon.access.invitations import DEVICE, Link, make_link
from maillon.access.permissions import Permission, check, check_manages
from maillon.access.reasons import reasoned
from maillon.access.roster import active_account
from maillon.kernel.errors import BadInput, NotAllowed
from maillon.kernel.ids import Entropy
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run

SALT = 16  # bytes

SECURED = """
SELECT EXISTS (SELECT 1 FROM mfa_authenticator WHERE user_id = %s AND type IN ('totp', 'webauthn')) AS secured,
  (SELECT demo FROM outbox_installation) AS demo
"""
"""Recovery codes alone are no second step: they stand in for one."""

REMOVE = """
DELETE FROM mfa_authenticator a USING access_login l
WHERE a.user_id = l.id AND l.house = %(house)s AND l.person = %(person)s
"""

SHUT = """
UPDATE access_login SET password = %(nothing)s, salt = %(salt)s, is_active = %(active)s, failures = 0, locked_at = NULL
WHERE house = %(house)s AND person = %(person)s
"""


def signs_in_well(*, login: int) -> bool:
    """Whether this sign-in may open pages: it has a second step, or this is the demo, which demands none."""
    found = one(SECURED, [login])
    assert found is not None
    return bool(found["secured"] or found["demo"])


def lose_device(
    *, person: str, reason: str, key: bytes, by: Actor, at: datetime, entropy: Entropy = os.urandom
) -> Link:
    """Take away what `person` signs in with, end what they have open, and make a link by which they begin anew.

    Nobody does it for themselves. Raises NotAllowed, NotFound, BadInput without a reason or where they left.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        if person == by.name:
            raise NotAllowed("Nobody removes their own devices so; use a recovery code, or ask another manager.")
        why, found = reasoned(reason), active_account(name=person, at=at)
        check_manages(by, found["roles"])
        if not found["signs_in"]:
            raise BadInput(f"{person} has no sign-in to take away; make a new link instead.")
        removed = shut(person=person, house=by.house, active=True, entropy=entropy)
        body = {"person": person, "reason": why, "removed": removed}
        record([NewEvent(kind=events.DEVICES_REMOVED, item=None, body=body, happened_at=at)], by=by, at=at)
        return make_link(person=person, purpose=DEVICE, key=key, by=by, at=at, entropy=entropy)


def shut(*, person: str, house: str, active: bool, entropy: Entropy = os.urandom) -> int:
    """Remove every second step and the password of `person`, and end their sessions; how many steps there were."""
    about = {"person": person, "house": house, "active": active}
    removed = run(REMOVE, about)
    run(SHUT, {**about, "nothing": make_password(None), "salt": entropy(SALT).hex()})
    return removed
