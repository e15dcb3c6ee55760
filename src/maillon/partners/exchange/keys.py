"""The key with which this installation signs what it says to its peers, and how people compare keys aloud."""

import hashlib
from base64 import b64decode, b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from maillon.kernel.errors import BadInput, MaillonError
from maillon.settings import kept

GROUPS = 8
"""How many groups of four hexadecimal digits are read aloud: 128 bits, which nobody finds a second key for."""


def own_key(folder: Path) -> Ed25519PrivateKey:
    """The key in `folder`, made on first use (mode 0600). Raises MaillonError where the file holds another thing."""
    path = folder / "exchange"
    text = kept(path, lambda: _pem(Ed25519PrivateKey.generate()))
    try:
        found = load_pem_private_key(text.encode(), None)
    except ValueError:
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise MaillonError(f"{path} holds no Ed25519 key; put back the file of this installation.")
    return found


def _pem(key: Ed25519PrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_text(key: Ed25519PrivateKey) -> str:
    """The public half as text (base64 of its 32 bytes), which a peer pins."""
    return b64encode(key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()


def read_public(text: str) -> Ed25519PublicKey:
    """A public key out of its text. Raises BadInput."""
    try:
        return Ed25519PublicKey.from_public_bytes(b64decode(text, validate=True))
    except ValueError:
        raise BadInput("That is no key of an installation; `maillon peer key` prints one there.") from None


def fingerprint(text: str) -> str:
    """What two people read to each other over the telephone to know that they hold the same public key."""
    digits = hashlib.sha256(b64decode(text)).hexdigest()
    return " ".join(digits[4 * n : 4 * n + 4] for n in range(GROUPS))
