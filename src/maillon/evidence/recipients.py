"""To whom what is kept is encrypted: recorded by the operator, one current key or more of each kind."""

from datetime import datetime
from uuid import UUID

import pyrage

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.errors import NoRecipient
from maillon.evidence.vault import Recipient
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows

KINDS = ("hotline", "police", "prosecutor")
CURRENT = "SELECT id, kind, key FROM evidence_recipient WHERE retired_at IS NULL ORDER BY kind, id"
ALL = "SELECT * FROM evidence_recipient ORDER BY kind, id"
ADD = """
INSERT INTO evidence_recipient (house, id, kind, key, added_by, added_at, retired_by)
VALUES (%s, %s, %s, %s, %s, %s, '') ON CONFLICT (house, key) DO NOTHING RETURNING id
"""
RETIRE = """
UPDATE evidence_recipient SET retired_by = %s, retired_at = %s WHERE id = %s AND retired_at IS NULL RETURNING kind, key
"""


def recipients(house: str) -> list[Recipient]:
    """The current keys of `house`. Raises NoRecipient unless there is one of each kind."""
    with acting(system_actor(house, "keeper")):
        found = [Recipient(row["id"], row["kind"], row["key"]) for row in rows(CURRENT)]
    missing = [kind for kind in KINDS if kind not in {each.kind for each in found}]
    if missing:
        raise NoRecipient(
            f"Nothing can be kept as evidence: the vault has no key of the {' and the '.join(missing)}; "
            f"record one with maillon vault recipient add --kind {missing[0]}."
        )
    return found


def all_recipients(*, by: Actor) -> list[Row]:
    """Every key that was ever recorded. Raises NotAllowed."""
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        return rows(ALL)


def known_keys(*, by: Actor) -> set[str]:
    """The keys that were ever recorded. Raises NotAllowed."""
    return {row["key"] for row in all_recipients(by=by)}


def add_recipient(*, kind: str, key: str, by: Actor, at: datetime) -> UUID:
    """Encrypt what is kept from now on to `key` too (an age public key); its id. Raises NotAllowed, BadInput."""
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        if kind not in KINDS:
            raise BadInput(f"{kind!r} is no kind of recipient; use one of {', '.join(KINDS)}.")
        try:
            public = str(pyrage.x25519.Recipient.from_str(key.strip()))
        except pyrage.RecipientError:
            raise BadInput(
                "The key is no age public key; it begins with age1 and has 62 characters (age-keygen makes one)."
            ) from None
        added = one(ADD, [by.house, uuid7(at), kind, public, by.name, at])
        if added is None:
            raise BadInput("This key is recorded already; maillon vault recipients lists it.")
        body = {"recipient": str(added["id"]), "kind": kind, "key": public}
        record([NewEvent(kind=events.RECIPIENT_ADDED, item=None, body=body, happened_at=at)], by=by, at=at)
        return UUID(str(added["id"]))


def retire_recipient(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Encrypt nothing more to this key; what was remains so. Raises NotAllowed, BadInput, NotFound."""
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        why = said(reason)
        retired = one(RETIRE, [by.name, at, id])
        if retired is None:
            raise NotFound(f"There is no current recipient {id}; maillon vault recipients lists them.")
        body = {"recipient": str(id), "kind": retired["kind"], "key": retired["key"], "reason": why}
        record([NewEvent(kind=events.RECIPIENT_RETIRED, item=None, body=body, happened_at=at)], by=by, at=at)


def said(reason: str) -> str:
    """The reason, without what surrounds it. Raises BadInput where there is none."""
    if not reason.strip():
        raise BadInput("This needs a reason that somebody can read later; give one.")
    return reason.strip()
