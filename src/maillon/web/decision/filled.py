"""A form of an act as it was sent, and what is wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.web.moments import read_wall

LONGEST = 2000
"""Characters of a magistrate's words and of the police's reasons."""

NO_WORDS: str | Promise = _("Write it down; it stays with the decision.")
TOO_LONG: str | Promise = _("This text is too long; make it shorter.")
NOT_AHEAD: str | Promise = _("Give a day and a time still to come, in Brussels.")
NOT_PAST: str | Promise = _("Give the day and the time of the call, in Brussels; they cannot lie ahead.")
NOT_CHOSEN: str | Promise = _("Choose one.")


@dataclass(frozen=True, slots=True)
class Filled:
    """What was typed. A moment is None where none can be read; `typed` fills the form again."""

    words: str = ""
    until: datetime | None = None
    given: datetime | None = None
    chosen: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)

    def problems(self, fields: tuple[str, ...], at: datetime) -> dict[str, str | Promise]:
        """What is wrong with `fields`, by field. A field with a question mark may be left empty."""
        wrong: dict[str, str | Promise] = {}
        if "words" in fields and not self.words:
            wrong["words"] = NO_WORDS
        if len(self.words) > LONGEST:
            wrong["words"] = TOO_LONG
        if "until" in fields and (self.until is None or self.until <= at):
            wrong["until"] = NOT_AHEAD
        if "given" in fields and (self.given is None or self.given > at):
            wrong["given"] = NOT_PAST
        if "chosen" in fields and not self.chosen:
            wrong["chosen"] = NOT_CHOSEN
        return wrong


def read(post: QueryDict) -> Filled:
    """The form that was sent."""
    typed = {name: post.get(name, "").strip() for name in post if name != "csrfmiddlewaretoken"}
    return Filled(
        words=typed.get("words", "").replace("\r\n", "\n"),
        until=read_wall(typed.get("until_day", ""), typed.get("until_time", "")),
        given=read_wall(typed.get("given_day", ""), typed.get("given_time", "")),
        chosen=typed.get("chosen", ""),
        typed=typed,
    )
