"""The vault: every object is encrypted (age) to a key of its own, and that key to each recipient.

Whoever holds a recipient's identity opens the key and with it the object, by any program that speaks age. A recipient's
access ends with its copy of the key, a few hundred bytes in the database; the object itself is never encrypted anew.
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias
from uuid import UUID

import pyrage
from blake3 import blake3

from maillon.evidence.errors import Damaged, NotYours
from maillon.evidence.store import Store
from maillon.kernel.crash import point

Identity: TypeAlias = pyrage.x25519.Identity
WRITERS = 4
"""Threads that hash, write and flush while the next object is encrypted (pyrage holds the interpreter's lock)."""
IN_FLIGHT = 2 * WRITERS


class Recipient(NamedTuple):
    """To whom objects are sealed. `kind` is hotline, police or prosecutor; `key` an age public key (age1…)."""

    id: UUID
    kind: str
    key: str


class Thing(NamedTuple):
    """What is to be kept `about` an item: bytes, or the pieces of them in order."""

    about: UUID
    kind: str
    data: bytes | Sequence[bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What lies in the store and is known to no database yet; `services.keep` writes it down, within the hour.

    `name` is where it lies, `content` is equal for the same bytes of the same item alone: both are keyed hashes.
    Sizes are bytes before and after encryption, `digest` is the BLAKE3 of the encrypted bytes (SHA-256 takes longer
    than encrypting them). `wraps` are the object's key, encrypted to one recipient each.
    """

    house: str
    about: UUID
    kind: str
    name: str
    content: str
    size: int
    sealed_size: int
    digest: bytes
    wraps: tuple[tuple[UUID, bytes], ...]


class Vault:
    """A store, the key of its names, and the identities of this installation, by kind of recipient.

    Safe to share between threads.
    """

    def __init__(self, store: Store, name_key: bytes, own: Mapping[str, Identity]) -> None:
        self.store = store
        self.own = dict(own)
        self._name_key = name_key

    def seal(
        self, house: str, about: UUID, kind: str, data: bytes | Sequence[bytes], recipients: Sequence[Recipient]
    ) -> Sealed:
        """Encrypt and store, durably when this returns. Nothing is written down: see `Sealed`. Raises StoreFailed."""
        return self._store(house, *self._encrypt(Thing(about, kind, data), recipients))

    def seal_all(self, house: str, things: Sequence[Thing], recipients: Sequence[Recipient]) -> list[Sealed]:
        """The same for many, in their order: one is stored while the next is encrypted."""
        pending: list[Future[Sealed]] = []
        with ThreadPoolExecutor(WRITERS, thread_name_prefix="vault") as writers:
            for n, thing in enumerate(things):
                if n >= IN_FLIGHT:
                    pending[n - IN_FLIGHT].result()
                pending.append(writers.submit(self._store, house, *self._encrypt(thing, recipients)))
        return [each.result() for each in pending]

    def open(self, name: str, wrapped: bytes, kind: str) -> bytes:
        """What was sealed, by this installation's own identity of `kind`. Raises NotYours, Gone, Damaged."""
        identity = self.own.get(kind)
        if identity is None:
            raise NotYours(f"This installation holds no key of the {kind}; its objects are opened where that key is.")
        return opened(self.store.get(name), unwrapped(wrapped, identity))

    def made(self, name: str) -> bool:
        """Whether this installation gave that name: nothing else in the store is ever touched."""
        return hmac.compare_digest(name, self._marked(name[:48]))

    def _encrypt(self, thing: Thing, recipients: Sequence[Recipient]) -> "_Encrypted":
        identity = Identity.generate()
        public = identity.to_public()
        data = thing.data if isinstance(thing.data, bytes) else b"".join(thing.data)
        secret = str(identity).encode()
        wraps = tuple((r.id, wrap(secret, r.key)) for r in recipients)
        return _Encrypted(thing, data, pyrage.encrypt(data, [public]), str(public), wraps)

    def _store(
        self, house: str, thing: Thing, data: bytes, sealed: bytes, public: str, wraps: tuple[tuple[UUID, bytes], ...]
    ) -> Sealed:
        content = self._keyed("content", house, thing.about.hex, blake3(data).hexdigest())
        name = self._marked(self._keyed("name", content, public)[:48])
        found = Sealed(
            house=house, about=thing.about, kind=thing.kind, name=name, content=content, size=len(data),
            sealed_size=len(sealed), digest=digest(sealed), wraps=wraps,
        )  # fmt: skip
        self.store.put(name, sealed)
        point("vault: stored")
        return found

    def _marked(self, beginning: str) -> str:
        return beginning + self._keyed("made", beginning)[:16]

    def _keyed(self, *words: str) -> str:
        return hmac.new(self._name_key, "\x00".join(words).encode(), hashlib.sha256).hexdigest()


class _Encrypted(NamedTuple):
    thing: Thing
    data: bytes
    sealed: bytes
    public: str
    wraps: tuple[tuple[UUID, bytes], ...]


def digest(sealed: bytes) -> bytes:
    """What the books keep of encrypted bytes, to know them again: BLAKE3, 32 bytes."""
    return bytes(blake3(sealed).digest())


def wrap(secret: bytes, key: str) -> bytes:
    """An object's key, encrypted to the age public key `key`."""
    return bytes(pyrage.encrypt(secret, [pyrage.x25519.Recipient.from_str(key)]))


def unwrapped(wrapped: bytes, identity: Identity) -> Identity:
    """An object's key. Raises NotYours where it was wrapped to somebody else."""
    try:
        return Identity.from_str(pyrage.decrypt(wrapped, [identity]).decode())
    except pyrage.DecryptError:
        raise NotYours("This key does not open the object; it was sealed to another one.") from None


def opened(sealed: bytes, identity: Identity) -> bytes:
    """What the object holds. Raises Damaged where a single bit of it was changed."""
    try:
        return bytes(pyrage.decrypt(sealed, [identity]))
    except pyrage.DecryptError:
        raise Damaged("The object in the vault was changed; bring its bytes back from a copy of the vault.") from None
