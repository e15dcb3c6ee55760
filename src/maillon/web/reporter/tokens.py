"""The token of one form: random, signed, good for a day. It stands in for a session; the receipt follows from it."""

from base64 import urlsafe_b64encode
from typing import NamedTuple

from django.core.signing import BadSignature, Signer

from maillon.web.reporter.sources import Draw

LIFE = 24 * 3600  # seconds
_SIGNER = Signer(salt="maillon.reporter.form")


class Token(NamedTuple):
    """`form` names one form, and only it; `made` is a moment (seconds)."""

    form: str
    made: int

    def fresh(self, now: float) -> bool:
        """Whether it is good now: at most a day old, and not from the future."""
        return self.made <= now < self.made + LIFE

    @property
    def text(self) -> str:
        """The token as the form carries it."""
        return _SIGNER.sign(f"{self.form}.{self.made}")


def new_token(draw: Draw, now: float) -> Token:
    """A token of 128 random bits."""
    return Token(urlsafe_b64encode(draw(16)).decode().rstrip("="), int(now))


def renewed(token: Token, now: float) -> Token:
    """The same form with another day to go: sent before or sent now, it is one report."""
    return Token(token.form, int(now))


def read_token(text: str) -> Token | None:
    """The token that `text` is; None where it was not signed here."""
    try:
        form, _dot, made = _SIGNER.unsign(text).rpartition(".")
    except BadSignature:
        return None
    return Token(form, int(made))
