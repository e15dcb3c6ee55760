"""A vault of a test's own, with the keys of the hotline, of a police and of a public prosecutor."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pyrage

from maillon.evidence.folder import FolderStore
from maillon.evidence.recipients import KINDS, add_recipient, recipients
from maillon.evidence.services import keep
from maillon.evidence.store import Store
from maillon.evidence.vault import Identity, Recipient, Sealed, Vault
from maillon.outbox.acting import acting, system_actor
from tests.factories.people import an_operator

FETCHER = system_actor("hotline", "fetcher")
CLOCK = system_actor("hotline", "clock")


@dataclass
class AVault:
    """The vault, and everybody's identities by kind of recipient."""

    vault: Vault
    identities: dict[str, Identity] = field(default_factory=dict)

    @property
    def store(self) -> Store:
        return self.vault.store

    def to(self) -> list[Recipient]:
        return recipients("hotline")

    def seal(self, about: UUID, data: bytes) -> Sealed:
        return self.vault.seal("hotline", about, "image", data, self.to())

    def keep(self, about: UUID, data: Sequence[bytes], at: datetime) -> list[UUID]:
        """Seal and write down, as a fetch does."""
        sealed = [self.seal(about, each) for each in data]
        with acting(FETCHER):
            return keep(sealed=sealed, by=FETCHER, at=at)


def a_vault(place: Path | Store, at: datetime) -> AVault:
    """A vault with a key of each kind on record; the hotline's own is this installation's."""
    identities = {kind: pyrage.x25519.Identity.generate() for kind in KINDS}
    store = FolderStore(place) if isinstance(place, Path) else place
    for kind, identity in identities.items():
        add_recipient(kind=kind, key=str(identity.to_public()), by=an_operator(), at=at)
    return AVault(Vault(store, b"a key of names", {"hotline": identities["hotline"]}), identities)
