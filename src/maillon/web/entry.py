"""What staff take down of a call, a letter or a mail: the reporter's own form, and how and when it came."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.hotline.intake.policy import ENTERED
from maillon.languages import LANGUAGES
from maillon.web.moments import read_wall
from maillon.web.reporter import texts
from maillon.web.reporter.form import EMPTY, TOO_LONG, Written, read

CODES = tuple(language.code for language in LANGUAGES)
NO_MOMENT, LATER = "no_moment", "later"

PROBLEMS: dict[str, str | Promise] = {
    EMPTY: _("Write at least one address, or what the reporter told."),
    TOO_LONG: _("This text is too long; make it shorter, or take down a second report."),
    NO_MOMENT: _("Give a day and a time, as on the clock of Brussels."),
    LATER: _("This moment has not come yet; give the one of the call or the letter."),
}

FINDINGS: dict[str, str | Promise] = {
    **texts.FINDINGS,
    "session": _("This part of the address may belong to the visit of the reporter."),
    "account": _("This part of the address may belong to an account of the reporter."),
    "random": _("Perhaps this code is unique to the reporter, perhaps the page cannot be found without it."),
}
"""Why a part of the text may say who reported, to whoever takes it down."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One form as it was sent. `received` is None where no moment was given; `reviewed` names the text last shown."""

    written: Written
    channel: str
    language: str
    day: str
    time: str
    received: datetime | None
    reviewed: str

    def problems(self, at: datetime) -> dict[str, str | Promise]:
        """What is wrong, by field, in words."""
        wrong = self.written.problems()
        if self.received is None:
            wrong["received"] = NO_MOMENT
        elif self.received > at:
            wrong["received"] = LATER
        return {field: PROBLEMS[why] for field, why in wrong.items()}

    @property
    def shown(self) -> str:
        """Names the text as it stands: what was ticked in another text counts for nothing."""
        return sha256(f"{self.written.locations}\0{self.written.remark}".encode()).hexdigest()[:16]

    @property
    def is_reviewed(self) -> bool:
        """Whether what may identify the reporter was shown for this very text, or there is nothing."""
        return self.reviewed == self.shown or not self.written.found()


def entry_of(post: QueryDict) -> Entry:
    """The form that was sent. Never raises: a word that is none of the choices is the first of them."""
    channel, language = post.get("channel", ""), post.get("language", "")
    day, time = post.get("day", ""), post.get("time", "")
    return Entry(
        written=read(post),
        channel=channel if channel in ENTERED else ENTERED[0],
        language=language if language in CODES else CODES[0],
        day=day,
        time=time,
        received=read_wall(day, time),
        reviewed=post.get("reviewed", ""),
    )
