"""What one installation says to another: canonical JSON, signed, for one purpose."""

from functools import cache
from pathlib import Path
from typing import Any, Literal

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema import Draft202012Validator
from jwt.api_jws import PyJWS
from jwt.exceptions import PyJWTError

from maillon.kernel.errors import BadInput, NotAllowed
from maillon.outbox.canonical import canonical
from maillon.partners.exchange.keys import read_public
from maillon.partners.formats import FORMATS

ALGORITHM = "EdDSA"
MEDIA_TYPE = "application/jose"
SCHEMAS = Path(__file__).parent / "schemas"
Purpose = Literal["message", "receipt", "greeting", "reply"]
_JWS = PyJWS(algorithms=[ALGORITHM])


class BadSignature(NotAllowed):
    """What was said is not signed by the key that is pinned for who says it."""


def sign(saying: dict[str, Any], purpose: Purpose, key: Ed25519PrivateKey) -> bytes:
    """`saying` as a signed text; the same words of the same key are the same text."""
    return _JWS.encode(canonical(saying), key, algorithm=ALGORITHM, headers={"typ": f"maillon-{purpose}"}).encode()


def verified(text: bytes, purpose: Purpose, key: str) -> dict[str, Any]:
    """What was said, if `key` (a public key's text) signed `text` for this purpose. Raises BadSignature, BadInput."""
    try:
        read = _JWS.decode_complete(text, read_public(key), algorithms=[ALGORITHM])
    except (PyJWTError, ValueError):
        raise BadSignature("This is not signed by the key that is pinned here for that house.") from None
    if read["header"].get("typ") != f"maillon-{purpose}":
        raise BadSignature(f"This was signed for another purpose than as a {purpose}.")
    try:
        saying: dict[str, Any] = orjson.loads(read["payload"])
    except ValueError:
        raise BadInput(f"The {purpose} is no JSON.") from None
    for error in _validator(purpose).iter_errors(saying):
        raise BadInput(f"The {purpose} is not as its schema says: {error.message[:200]}.")
    return saying


@cache
def _validator(purpose: str) -> Draft202012Validator:
    schema = orjson.loads((SCHEMAS / f"{purpose}.json").read_bytes())
    return Draft202012Validator(schema, format_checker=FORMATS)
