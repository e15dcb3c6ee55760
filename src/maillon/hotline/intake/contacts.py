"""How a reporter may be reached: encrypted to the hotline's contact key as it comes in, read by few, on record.

The key pair stands in MAILLON_HOME/keys: `contact.age` reads, `contact.pub` encrypts. A hotline that keeps
`contact.age` elsewhere can take contacts in and not read them.
"""

from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import pyrage
from django.conf import settings

from maillon.access.permissions import Permission, check
from maillon.hotline.intake import events
from maillon.hotline.intake.content import storable
from maillon.kernel.errors import BadInput, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one
from maillon.settings import kept


def seal(contact: str) -> bytes | None:
    """`contact` as only the holder of the contact key can read it; None for an empty one."""
    if not contact:
        return None
    here = settings.MAILLON
    return bytes(pyrage.encrypt(contact.encode(), [_recipient(here.contact_key, here.contact_recipient)]))


def read_contact(*, report_id: UUID, reason: str, by: Actor, at: datetime) -> str:
    """How the author of a report may be reached; `reason` is kept on record.

    Raises NotAllowed, BadInput without a reason or without the key, NotFound where nothing was given.
    """
    with acting(by):
        check(by, Permission.READ_CONTACT)
        why = storable(reason, "reason")
        if not why:
            raise BadInput("Say why the reporter must be reached; the reason is kept on record.")
        found = one(
            "SELECT c.sealed, r.reference FROM intake_contact c JOIN intake_report r ON r.house = c.house "
            "AND r.id = c.report_id WHERE c.report_id = %s",
            [report_id],
        )
        if found is None:
            raise NotFound("No contact was given with this report; write to the reporter through the receipt.")
        contact = _opened(bytes(found["sealed"]))
        body = {"report": str(report_id), "reference": found["reference"], "reason": why}
        record([NewEvent(kind=events.CONTACT_READ, item=None, body=body, happened_at=at)], by=by, at=at)
    return contact


@cache
def _recipient(key: Path, recipient: Path) -> pyrage.x25519.Recipient:
    """The public half of the contact key; the pair is made when a contact is first given."""
    if not recipient.exists():
        identity = pyrage.x25519.Identity.from_str(kept(key, lambda: str(pyrage.x25519.Identity.generate())))
        kept(recipient, lambda: str(identity.to_public()))
    return pyrage.x25519.Recipient.from_str(recipient.read_text().strip())


def _opened(sealed: bytes) -> str:
    key = settings.MAILLON.contact_key
    try:
        identity = pyrage.x25519.Identity.from_str(key.read_text().strip())
    except OSError:
        raise BadInput(f"The contact key {key.name} is not in the folder of keys; bring it there to read.") from None
    try:
        return bytes(pyrage.decrypt(sealed, [identity])).decode()
    except pyrage.DecryptError:
        raise BadInput("The contact was encrypted to another key; bring back the one of that time.") from None
