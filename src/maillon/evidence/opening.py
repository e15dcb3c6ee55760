"""Open the vault of this installation, and make its keys."""

from datetime import datetime
from functools import cache
from pathlib import Path
from secrets import token_hex

import pyrage

from maillon.evidence.folder import FolderStore
from maillon.evidence.recipients import add_recipient, known_keys
from maillon.evidence.store import Store
from maillon.evidence.vault import Identity, Vault
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor
from maillon.settings import Bucket, Settings, kept

HOTLINE_KEY, NAME_KEY = "vault-hotline.age", "vault-names"


def open_vault(settings: Settings) -> Vault:
    """The vault that MAILLON_VAULT names, with the keys in MAILLON_HOME/keys (made once); the same one each time."""
    return _opened(settings.vault, settings.keys)


@cache
def _opened(place: Path | Bucket, keys: Path) -> Vault:
    name_key = bytes.fromhex(kept(keys / NAME_KEY, lambda: token_hex(32)).strip())
    return Vault(store_at(place), name_key, {"hotline": own_identity(keys)})


def store_at(place: Path | Bucket) -> Store:
    """The store that a setting names."""
    if not isinstance(place, Bucket):
        return FolderStore(place)
    from maillon.evidence.bucket import BucketStore  # the S3 client takes half a second, which a folder need not pay

    return BucketStore(place)


def own_identity(keys: Path) -> Identity:
    """The hotline's own identity, in keys/vault-hotline.age (mode 0600), made once."""
    return identity_in(keys / HOTLINE_KEY)


def identity_in(path: Path) -> Identity:
    """The age identity in the file, made on first use."""
    text = kept(path, lambda: f"{pyrage.x25519.Identity.generate()}\n")
    return Identity.from_str(text.strip())


def own_key(keys: Path, *, given: str = "") -> str:
    """The hotline's own public key. Raises BadInput where another one was given for it."""
    own = str(own_identity(keys).to_public())
    if given.strip() not in ("", own):
        raise BadInput(f"The hotline's key of this installation is {own}; leave --key out for it.")
    return own


def identity_given(path: Path) -> Identity:
    """The age identity in a file that somebody holds (as age-keygen writes it). Raises BadInput."""
    try:
        lines = [line.strip() for line in path.read_text().splitlines()]
        return Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-")))
    except (OSError, UnicodeDecodeError, StopIteration, pyrage.IdentityError):
        raise BadInput(f"{path} holds no age identity; name a file as age-keygen writes it.") from None


def demo_recipients(*, settings: Settings, by: Actor, at: datetime) -> None:
    """Make and record the hotline's, a police's and a prosecutor's key, as the demo has them all in its own folder.

    The last two stand in keys/demo-vault-police.age and keys/demo-vault-prosecutor.age. Safe to repeat.
    """
    identities = {
        "hotline": own_identity(settings.keys),
        "police": identity_in(settings.keys / "demo-vault-police.age"),
        "prosecutor": identity_in(settings.keys / "demo-vault-prosecutor.age"),
    }
    known = known_keys(by=by)
    for kind, identity in identities.items():
        if str(identity.to_public()) not in known:
            add_recipient(kind=kind, key=str(identity.to_public()), by=by, at=at)
