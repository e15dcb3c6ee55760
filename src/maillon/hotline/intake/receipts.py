"""The reporter's receipt: the only key to a report, known to nobody but its holder. Pure; keys are arguments.

A receipt holds 95 bits, 19 characters of Crockford's base 32 (no I, L, O, U), and a check character that finds any one
wrong character and any two that were swapped. It follows from the form's own token, so that sending a form twice gives
the same receipt and an answer that was lost can be shown again. What is stored is a keyed hash of it.
"""

import hashlib
import hmac
import re
from typing import NamedTuple

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DRAWN = 19  # characters of five bits each; the check character follows
GROUP = 5
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_MEANT = str.maketrans("OIL", "011")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—_.]+")  # noqa: RUF001 - the dashes that telephones put in place of a hyphen


class ReceiptKeys(NamedTuple):
    """`making` turns a form's token into a receipt; `storing` is the key of the hash that is kept."""

    making: bytes
    storing: bytes


def receipt_keys(secret: str) -> ReceiptKeys:
    """The two keys that follow from the installation's secret key; with another secret no old receipt is found."""
    making, storing = (
        hmac.digest(secret.encode(), f"maillon receipt: {use}".encode(), "sha256") for use in ("making", "storing")
    )
    return ReceiptKeys(making, storing)


def new_receipt(secret: bytes, form_token: str) -> str:
    """The receipt of this form, as `ABCDE-FGHJK-…`: the same for the same token, unguessable without `secret`."""
    drawn = int.from_bytes(hmac.digest(secret, form_token.encode(), "sha256")[:12], "big") >> 1
    values = [drawn >> 5 * n & 31 for n in reversed(range(DRAWN))]
    written = "".join(ALPHABET[value] for value in [*values, _check(values)])
    return "-".join(written[n : n + GROUP] for n in range(0, len(written), GROUP))


def read_receipt(text: str) -> str | None:
    """The receipt that somebody typed, as `new_receipt` writes it; None where it is none or holds a typing mistake.

    Case, blanks and dashes do not matter; O is read as 0, I and L as 1.
    """
    plain = _plain(text)
    if len(plain) != DRAWN + 1 or not set(plain) <= _VALUES.keys():
        return None
    values = [_VALUES[character] for character in plain]
    if _check(values[:-1]) != values[-1]:
        return None
    return "-".join(plain[n : n + GROUP] for n in range(0, len(plain), GROUP))


def hash_receipt(key: bytes, receipt: str) -> bytes:
    """HMAC-SHA256 of a receipt as `new_receipt` writes it: all that is stored of it."""
    return hmac.digest(key, receipt.encode(), hashlib.sha256)


def holds_receipt(text: str, receipt: str) -> bool:
    """Whether somebody wrote this receipt into `text`, however they wrote it."""
    return _plain(receipt) in _plain(text)


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).upper().translate(_MEANT)


def _check(values: list[int]) -> int:
    """One Reed-Solomon check symbol over the field of 32 elements (x⁵ + x² + 1)."""
    found = 0
    for value in values:
        found = (found << 1) ^ (0b100101 if found & 16 else 0) ^ value
    return (found << 1) ^ (0b100101 if found & 16 else 0)
