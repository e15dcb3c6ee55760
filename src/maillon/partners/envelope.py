"""The envelope: what passes between houses, the same on every channel, checked against a JSON Schema per kind."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
from jsonschema import Draft202012Validator

from maillon.kernel.errors import BadInput
from maillon.outbox.canonical import canonical
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.partners.formats import FORMATS

SCHEMAS = Path(__file__).parent / "schemas"


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """One message as a channel carries it.

    `id` is the same at every attempt; (`sender`, `recipient`, `epoch`, `number`) orders them. `issued_at` is ISO 8601
    UTC. `body` conforms to `schemas/<kind>-<version>.json`.
    """

    id: UUID
    sender: str
    recipient: str
    epoch: int
    number: int
    kind: str
    version: int
    issued_at: str
    body: dict[str, Any]

    def document(self) -> dict[str, Any]:
        """The envelope as a JSON document (`schemas/envelope.json`)."""
        return {
            "id": str(self.id),
            "sender": self.sender,
            "recipient": self.recipient,
            "epoch": self.epoch,
            "number": self.number,
            "kind": self.kind,
            "version": self.version,
            "issued_at": self.issued_at,
            "body": self.body,
        }

    def digest(self) -> bytes:
        """SHA-256 of the canonical document: what a receipt is for."""
        return hashlib.sha256(canonical(self.document())).digest()


def envelope_of(row: Row, *, sender: str, body: dict[str, Any]) -> Envelope:
    """The envelope of a message or letter as its row holds it: id, partner, epoch, number, kind, version, issued_at."""
    return Envelope(
        id=row["id"],
        sender=sender,
        recipient=row["partner"],
        epoch=row["epoch"],
        number=row["number"],
        kind=row["kind"],
        version=row["version"],
        issued_at=stamp(row["issued_at"]),
        body=body,
    )


@cache
def schema(name: str) -> dict[str, Any]:
    """The JSON Schema `schemas/<name>.json`."""
    found: dict[str, Any] = orjson.loads((SCHEMAS / f"{name}.json").read_bytes())
    return found


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(schema(name), format_checker=FORMATS)


def check_body(kind: str, version: int, body: dict[str, Any]) -> None:
    """Raise BadInput where `body` does not conform to its kind's schema."""
    name = f"{kind}-{version}"
    if not (SCHEMAS / f"{name}.json").is_file():
        raise BadInput(f"There is no message kind {kind} version {version}; see partners/schemas.")
    for error in _validator(name).iter_errors(body):
        where = "/".join(str(p) for p in error.path) or "the body"
        raise BadInput(f"A {kind} message is refused: {where} {error.message[:200]}.")


def read_document(document: dict[str, Any]) -> Envelope:
    """An envelope out of its JSON document. Raises BadInput."""
    for error in _validator("envelope").iter_errors(document):
        raise BadInput(f"The document is no Maillon message: {error.message[:200]}.")
    check_body(document["kind"], document["version"], document["body"])
    return Envelope(**{**document, "id": UUID(document["id"])})
