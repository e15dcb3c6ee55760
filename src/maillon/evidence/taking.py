"""Evidence leaves the vault encrypted as it lies there, with its keys; a recipient passes a key on to another one."""

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence import events
from maillon.evidence.errors import Damaged, NotYours
from maillon.evidence.recipients import said
from maillon.evidence.vault import Identity, Vault, digest, opened, unwrapped, wrap
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

OF_ITEM = """
SELECT id, name, kind, size, sealed_size, digest, kept_at FROM evidence_object
WHERE about = %s AND purge_id IS NULL ORDER BY id
"""
KEYS = """
SELECT w.object_id, r.kind, r.key, w.wrapped FROM evidence_wrap w JOIN evidence_recipient r ON r.id = w.recipient_id
WHERE w.object_id = ANY(%s) AND r.kind <> 'hotline' ORDER BY w.object_id, r.kind, r.id
"""
OBJECT = "SELECT about FROM evidence_object WHERE id = %s AND purge_id IS NULL FOR UPDATE"
WRAPS = "SELECT wrapped FROM evidence_wrap WHERE object_id = %s ORDER BY id"
TO = "SELECT id, kind, key FROM evidence_recipient WHERE key = %s AND retired_at IS NULL"
ADD = """
INSERT INTO evidence_wrap (house, id, object_id, recipient_id, wrapped, wrapped_at) VALUES (%s, %s, %s, %s, %s, %s)
ON CONFLICT (house, object_id, recipient_id) DO NOTHING
"""


def export(
    *, about: UUID, vault: Vault, folder: Path, reason: str, by: Actor, at: datetime,
    advance: Callable[[int], None] = lambda _: None,
) -> int:  # fmt: skip
    """Write what is kept about the item into `folder`, a new or empty one, still encrypted; how many objects.

    `<object>.age` is the object, `<object>.<kind>-<n>.key.age` its key, encrypted to one recipient; `manifest.json`
    says which is whose. The hotline's own keys stay here. Raises NotAllowed, BadInput, NotFound, Damaged, StoreFailed.
    """
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        why = said(reason)
        objects = rows(OF_ITEM, [about])
        keys = rows(KEYS, [[row["id"] for row in objects]])
        if not objects:
            raise NotFound(f"Nothing is kept about the item {about} (any more).")
        body = {"objects": len(objects), "size": sum(row["sealed_size"] for row in objects), "reason": why}
        record([NewEvent(kind=events.EXPORTED, item=about, body=body, happened_at=at)], by=by, at=at)
    _make(folder)
    listed = []
    for row in objects:
        named = _key_files(row, [key for key in keys if key["object_id"] == row["id"]])
        sealed = vault.store.get(row["name"])
        if digest(sealed) != bytes(row["digest"]):
            raise Damaged(f"The object {row['id']} in the vault was changed; bring its bytes back from a copy.")
        _write(folder / f"{row['id']}.age", sealed)
        for name, key in named:
            _write(folder / name, bytes(key["wrapped"]))
        listed.append(_listed(row, named, hashlib.sha256(sealed).hexdigest()))
        advance(1)
    manifest = {"item": str(about), "exported_at": at.isoformat(), "by": by.name, "reason": why, "objects": listed}
    _write(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode())
    return len(objects)


def open_exported(folder: Path, *, identity: Identity, to: Path) -> int:
    """Open what `export` wrote into `folder`, by a recipient's own identity, into the new folder `to`; how many.

    What plain `age` does with each key and object, and the SHA-256 of each is compared with the manifest's.
    Raises BadInput, NotYours, Damaged.
    """
    try:
        listed = json.loads((folder / "manifest.json").read_text())["objects"]
    except (OSError, ValueError, KeyError):
        raise BadInput(f"{folder} holds no manifest.json of an export; name the folder of one.") from None
    _make(to)
    for one_object in listed:
        sealed = (folder / one_object["file"]).read_bytes()
        if hashlib.sha256(sealed).hexdigest() != one_object["encrypted_sha256"]:
            raise Damaged(f"{one_object['file']} is not what was exported; have it exported again.")
        wraps = [(folder / key["file"]).read_bytes() for key in one_object["keys"]]
        _write(to / one_object["file"].replace(".age", ".warc"), opened(sealed, _first(wraps, identity)))
    return len(listed)


def rewrap(*, object_id: UUID, identity: Identity, to: str, reason: str, by: Actor, at: datetime) -> None:
    """Encrypt the object's key to the recorded key `to` as well, by the identity of somebody who can open it.

    Raises NotAllowed, BadInput, NotFound, NotYours where that identity opens it not.
    """
    with acting(by):
        check(by, Permission.MANAGE_VAULT)
        why = said(reason)
        found, target = one(OBJECT, [object_id]), one(TO, [to.strip()])
        if found is None:
            raise NotFound(f"There is no object {object_id} in the vault (any more).")
        if target is None:
            raise BadInput("That key is no current recipient; record it with maillon vault recipient add.")
        if target["kind"] == "hotline":
            raise BadInput(
                "The hotline opens an item while it is assessed; have it fetched again where it is reopened."
            )
        secret = str(_first((bytes(row["wrapped"]) for row in rows(WRAPS, [object_id])), identity)).encode()
        point("rewrap: opened")
        run(ADD, [by.house, uuid7(at), object_id, target["id"], wrap(secret, target["key"]), at])
        body = {"object": str(object_id), "recipient": str(target["id"]), "reason": why}
        record([NewEvent(kind=events.REWRAPPED, item=found["about"], body=body, happened_at=at)], by=by, at=at)


def _first(wraps: Iterable[bytes], identity: Identity) -> Identity:
    """The object's key, from the first of its wraps that `identity` opens."""
    for wrapped in wraps:
        try:
            return unwrapped(wrapped, identity)
        except NotYours:
            continue
    raise NotYours("This identity opens no key of the object; give the one of a recipient to whom it was sealed.")


def _key_files(row: Row, keys: Sequence[Row]) -> list[tuple[str, Row]]:
    return [(f"{row['id']}.{key['kind']}-{n}.key.age", key) for n, key in enumerate(keys, start=1)]


def _listed(row: Row, named: Sequence[tuple[str, Row]], sha256: str) -> dict[str, object]:
    return {
        "file": f"{row['id']}.age",
        "kind": row["kind"],
        "size": row["size"],
        "encrypted_size": row["sealed_size"],
        "encrypted_sha256": sha256,
        "kept_at": row["kept_at"].isoformat(),
        "keys": [{"file": name, "recipient": key["kind"], "to": key["key"]} for name, key in named],
    }


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        empty = not any(folder.iterdir())
    except OSError as error:
        raise BadInput(f"{folder} cannot be written: {error.strerror}; name a folder elsewhere.") from error
    if not empty:
        raise BadInput(f"{folder} is not empty; name a new folder.")


def _write(path: Path, content: bytes) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}; name a folder elsewhere.") from error
