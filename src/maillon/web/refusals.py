"""What a refusal of a service is called on a page: in the page's language where there are words for it."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.authority.inbox.working import MatterHeld
from maillon.hotline.analysis.claiming import ClaimHeld
from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError, NotAllowed
from maillon.partners.letters import LetterClosed


class Refusal(NamedTuple):
    """A sentence, and its language ("" for the page's own)."""

    text: str | Promise
    language: str = ""


WORDS: Mapping[type[MaillonError], str | Promise] = {
    LetterClosed: _("This was called back or answered in the meantime: please read it again."),
    ClaimHeld: _("Somebody else is at this case now: take another one."),
    MatterHeld: _("Somebody else has this matter: take another one, or have it passed on."),
}
"""Refusals that have words in every language."""

SAYING = (BadInput, ForbiddenStep, NotAllowed)
"""Refusals whose own sentence is meant for whoever asked; it is in English. Others may speak of the inside."""

CHANGED = _("The state changed in the meantime. Go back, and look at the page again.")


def refusal(error: MaillonError) -> Refusal:
    """What to tell whoever was refused."""
    for kind, text in WORDS.items():
        if isinstance(error, kind):
            return Refusal(text)
    return Refusal(str(error), "en") if isinstance(error, SAYING) else Refusal(CHANGED)
