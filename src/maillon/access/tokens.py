"""Tokens: how a partner organisation's program shows on the API for whom it speaks.

A token is 256 random bits as text, shown once. What is kept is its HMAC-SHA256 under a key that is not in the
database, so that a copy of the database opens nothing and no guess can be checked against it.
"""

import hashlib
import hmac
import os
from base64 import urlsafe_b64encode
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from maillon.access import events
from maillon.access.permissions import Permission, check
from maillon.kernel.errors import BadInput, MaillonError, NotFound
from maillon.kernel.ids import Entropy, uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, rows, run

PREFIX = "maillon-"
"""What every token begins with, so that one left in a file or a log can be found by searching for it."""
BYTES = 32
LASTS = timedelta(days=365)
LONGEST_LABEL = 64
RIGHTS: Mapping[str, str] = {
    "report": "partner_program",
    "match": "matching_program",
    "match_files": "file_matching_program",
}
"""What a token may be for, and the role it then acts in. Whoever looks hashes up learns what is known: never unasked.
"""


class BadToken(MaillonError):
    """The token is unknown, expired or revoked; the three cannot be told apart."""


class Made(NamedTuple):
    """A new token: its id, and its text, which nobody is shown again."""

    id: UUID
    text: str


def token_key(secret: str) -> bytes:
    """The key under which tokens are hashed, from the installation's secret."""
    return hmac.digest(secret.encode(), b"maillon access token", hashlib.sha256)


def make_token(
    *,
    organisation: str,
    label: str,
    lasts: timedelta = LASTS,
    rights: Collection[str] = ("report",),
    key: bytes,
    by: Actor,
    at: datetime,
    entropy: Entropy = os.urandom,
) -> Made:
    """A token for programs of `organisation`, known among its others by `label`, for what `rights` (of RIGHTS) say.

    Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.MANAGE_TOKENS)
        name = label.strip()
        if not name or len(name) > LONGEST_LABEL or not name.isprintable():
            raise BadInput(f"A token needs a label of at most {LONGEST_LABEL} characters, which says where it is used.")
        if lasts <= timedelta():
            raise BadInput("A token must expire after it is made; give a number of days from 1.")
        if not rights or set(rights) - set(RIGHTS):
            raise BadInput(f"A token is for one or several of {', '.join(RIGHTS)}; say for what.")
        if one("SELECT 1 FROM access_organisation WHERE id = %s", [organisation]) is None:
            raise NotFound(
                f"There is no organisation {organisation} in {by.house}; `maillon organisation add` makes one."
            )
        made = Made(uuid7(at, entropy), PREFIX + urlsafe_b64encode(entropy(BYTES)).decode().rstrip("="))
        run(
            "INSERT INTO access_token (house, id, organisation, label, digest, made_by, made_at, expires_at, rights) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [by.house, made.id, organisation, name, _digest(key, made.text), by.name, at, at + lasts, sorted(rights)],
        )
        more = {"expires_at": stamp(at + lasts), "rights": sorted(rights)}
        _note(events.TOKEN_MADE, made.id, organisation, name, more, by, at)
    return made


def revoke_token(*, id: UUID, by: Actor, at: datetime) -> None:
    """From this moment on the token opens nothing. Raises NotAllowed, NotFound where it is unknown or revoked."""
    with acting(by):
        check(by, Permission.MANAGE_TOKENS)
        found = one(
            "UPDATE access_token SET revoked_at = %s WHERE id = %s AND revoked_at IS NULL "
            "RETURNING organisation, label",
            [at, id],
        )
        if found is None:
            raise NotFound(f"There is no token {id} that still opens anything; `maillon token list` shows them.")
        _note(events.TOKEN_REVOKED, id, found["organisation"], found["label"], {}, by, at)


def tokens(*, by: Actor) -> list[Row]:
    """Every token of the house of `by`, newest first, without its text or hash. Raises NotAllowed."""
    with acting(by):
        check(by, Permission.MANAGE_TOKENS)
        return rows(
            "SELECT id, organisation, label, rights, made_by, made_at, expires_at, revoked_at FROM access_token "
            "ORDER BY made_at DESC, id"
        )


def find_partner(*, house: str, text: str, key: bytes, at: datetime) -> Actor:
    """The organisation's program that holds the token `text`, acting in `house`. Raises BadToken."""
    with acting(system_actor(house, "clerk")):
        found = one(
            "SELECT organisation, label, rights FROM access_token "
            "WHERE digest = %s AND expires_at > %s AND revoked_at IS NULL",
            [_digest(key, text), at],
        )
    if found is None:
        raise BadToken("This token opens nothing: it is unknown, expired or revoked. Ask the hotline for another.")
    name = f"{found['organisation']}/{found['label']}"
    own = str(found["organisation"])
    return Actor(house, name, own, frozenset(RIGHTS[right] for right in found["rights"]), sees=own)


def _digest(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(errors="surrogatepass"), hashlib.sha256)


def _note(
    kind: Kind, id: UUID, organisation: str, label: str, more: Mapping[str, object], by: Actor, at: datetime
) -> None:
    body = {"token": str(id), "organisation": organisation, "label": label, **more}
    record([NewEvent(kind=kind, item=None, body=body, happened_at=at)], by=by, at=at)
