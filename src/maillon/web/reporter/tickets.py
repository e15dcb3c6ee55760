"""Tickets of the waiting page: signed, good for one form, not before their time, or earlier against work. Pure."""

import hashlib
from typing import NamedTuple

from django.core.signing import Signer
from django.utils.crypto import constant_time_compare

LIFE = 3600  # seconds for which a ticket is good once its time has come
LONGEST_WORK = 32  # characters

_SIGNER = Signer(salt="maillon.reporter.ticket")


class Ticket(NamedTuple):
    """`ready` is a moment (seconds), `bits` the work that replaces waiting; `held`: a place is kept for that moment."""

    id: str
    ready: int
    bits: int
    held: bool


def written(ticket: Ticket, subject: str) -> str:
    """The ticket as text, signed together with the form it is good for (`subject`)."""
    text = f"{ticket.id}.{ticket.ready}.{ticket.bits}.{ticket.held:d}"
    return f"{text}.{_SIGNER.signature(f'{subject} {text}')}"


def read(text: str, subject: str) -> Ticket | None:
    """The ticket that `text` is, for this form; None where it is none, or another form's."""
    parts = text.split(".")
    if len(parts) != 5:
        return None
    signed = ".".join(parts[:4])
    if not constant_time_compare(parts[4], _SIGNER.signature(f"{subject} {signed}")):
        return None
    return Ticket(parts[0], int(parts[1]), int(parts[2]), parts[3] == "1")


def worked(text: str, work: str, bits: int) -> bool:
    """Whether `work` was found for this ticket: the SHA-256 of `ticket:work` begins with so many zero bits."""
    if not work or len(work) > LONGEST_WORK:
        return False
    digest = hashlib.sha256(f"{text}:{work}".encode()).digest()
    return int.from_bytes(digest, "big") >> (256 - bits) == 0
