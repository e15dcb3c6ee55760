"""Invitations: links by which a person sets up their sign-in, once, within some days.

What a link holds is 256 random bits, shown once. Kept is its HMAC-SHA256 under a key that is not in the database, as
for tokens: a copy of the database opens nothing.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.hashers import make_password

from maillon.access import events
from maillon.access.models import Login
from maillon.access.permissions import Permission, check, check_manages
from maillon.access.queries import find_actor
from maillon.access.roster import active_account
from maillon.access.services import add_person
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import BadInput, MaillonError
from maillon.kernel.ids import Entropy, uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import HOUSES, Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, run
from maillon.rules.table import load

BEGIN, DEVICE = "begin", "device"
"""Purposes: a new account; a device was lost."""

BYTES = 32

INSERT = """
INSERT INTO access_invitation (house, id, person, purpose, digest, made_by, made_at, expires_at)
VALUES (%(house)s, %(id)s, %(person)s, %(purpose)s, %(digest)s, %(by)s, %(at)s, %(until)s)
"""
VOID = "UPDATE access_invitation SET expires_at = %s WHERE person = %s AND used_at IS NULL AND expires_at > %s"

OPEN = """
SELECT i.id, i.person, i.purpose, i.expires_at FROM access_invitation i
JOIN access_person p ON p.house = i.house AND p.name = i.person
WHERE i.digest = %s AND i.used_at IS NULL AND i.expires_at > %s AND p.active
"""
USE = """
UPDATE access_invitation SET used_at = %(at)s WHERE id = %(id)s AND used_at IS NULL AND expires_at > %(at)s
"""


class BadInvitation(MaillonError):
    """The link is unknown, used, void or expired; the four cannot be told apart."""


class Link(NamedTuple):
    """A new link: what it holds, which nobody is shown again, for whom, and until when it opens."""

    text: str
    person: str
    until: datetime


class Invited(NamedTuple):
    """Whom a link speaks of."""

    house: str
    id: UUID
    person: str
    purpose: str


def invitation_key(secret: str) -> bytes:
    """The key under which links are hashed, from the installation's secret."""
    return hmac.digest(secret.encode(), b"maillon invitation", hashlib.sha256)


def invite(
    *,
    name: str,
    organisation: str,
    roles: Sequence[str],
    recipient: str = "",
    key: bytes,
    by: Actor,
    at: datetime,
    entropy: Entropy = os.urandom,
) -> Link:
    """Make the account `name`, and the link by which its person sets up their sign-in.

    Raises NotAllowed, and BadInput as `add_person` does, or where another house's account has the name.
    """
    with acting(by):
        add_person(name=name, organisation=organisation, roles=roles, recipient=recipient, by=by, at=at)
        if Login.objects.filter(username__iexact=name).exists():
            raise BadInput(f"Somebody signs in as {name} already; choose another name.")
        return make_link(person=name, purpose=BEGIN, key=key, by=by, at=at, entropy=entropy)


def invite_again(*, person: str, key: bytes, by: Actor, at: datetime, entropy: Entropy = os.urandom) -> Link:
    """A new link for somebody whose earlier one ran out or was lost; the earlier opens nothing any more.

    Raises NotAllowed, NotFound, BadInput where they have a sign-in.
    """
    with acting(by):
        check(by, Permission.MANAGE_ACCOUNTS)
        found = active_account(name=person, at=at)
        check_manages(by, found["roles"])
        if found["signs_in"]:
            raise BadInput(f"{person} has a sign-in already; for a lost device, remove their devices.")
        purpose = DEVICE if found["had_sign_in"] else BEGIN
        return make_link(person=person, purpose=purpose, key=key, by=by, at=at, entropy=entropy)


def make_link(*, person: str, purpose: str, key: bytes, by: Actor, at: datetime, entropy: Entropy = os.urandom) -> Link:
    """Inside `acting`, for an account that is there: the link, in the place of any earlier one."""
    void_links(person=person, at=at)
    days = load("invitation_valid").row(on=brussels_day(at), purpose=purpose).number
    link = Link(
        f"{by.house}.{urlsafe_b64encode(entropy(BYTES)).decode().rstrip('=')}", person, at + timedelta(days=days)
    )
    given: dict[str, Any] = {
        "house": by.house, "id": uuid7(at, entropy), "person": person, "purpose": purpose,
        "digest": _digest(key, link.text), "by": by.name, "at": at, "until": link.until,
    }  # fmt: skip
    run(INSERT, given)
    body = {"person": person, "invitation": str(given["id"]), "purpose": purpose, "expires_at": stamp(link.until)}
    _note(events.ACCOUNT_INVITED, body, by, at)
    return link


def void_links(*, person: str, at: datetime) -> None:
    """Inside `acting`: no link made so far for `person` opens anything any more."""
    run(VOID, [at, person, at])


def invited(*, text: str, key: bytes, at: datetime) -> Invited:
    """Whom the link `text` speaks of. Raises BadInvitation."""
    house = _house(text)
    with acting(system_actor(house, "clerk")):
        return _open(house, text, key, at)


def take_up(*, text: str, password: str, key: bytes, at: datetime) -> Login:
    """Use the link up: from now on its person signs in with `password`, which the caller has validated.

    Raises BadInvitation, also for whoever comes second with one link; BadInput where the name was taken meanwhile.
    """
    house = _house(text)
    with acting(system_actor(house, "clerk")):
        found = _open(house, text, key, at)
        if not run(USE, {"id": found.id, "at": at}):
            raise _refusal()
        login = _login_of(house, found.person)
        login.password, login.salt, login.is_active = make_password(password), os.urandom(16).hex(), True
        login.failures, login.locked_at = 0, None
        login.save()
        body = {"person": found.person, "invitation": str(found.id), "purpose": found.purpose}
        _note(events.SIGN_IN_SET, body, find_actor(house=house, name=found.person), at)
        return login


def _login_of(house: str, person: str) -> Login:
    known = Login.objects.select_for_update().filter(house=house, person=person).order_by("pk").first()
    if known is None and Login.objects.filter(username__iexact=person).exists():
        raise BadInput(f"Somebody signs in as {person} already; ask for an account of another name.")
    return known or Login(username=person, house=house, person=person)


def _open(house: str, text: str, key: bytes, at: datetime) -> Invited:
    found: Row | None = one(OPEN, [_digest(key, text), at])
    if found is None:
        raise _refusal()
    return Invited(house, found["id"], found["person"], found["purpose"])


def _house(text: str) -> str:
    house = text.partition(".")[0]
    if house not in HOUSES:
        raise _refusal()
    return house


def _refusal() -> BadInvitation:
    return BadInvitation("This link opens nothing: it is unknown, used or expired. Ask for another.")


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(errors="surrogatepass"), hashlib.sha256)


def _note(kind: Kind, body: dict[str, str], by: Actor, at: datetime) -> None:
    record([NewEvent(kind=kind, item=None, body=body, happened_at=at)], by=by, at=at)
