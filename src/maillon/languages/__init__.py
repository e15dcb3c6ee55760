"""The languages that Maillon speaks: one line each; the catalogues lie in `<code>/LC_MESSAGES/django.po`."""

from typing import NamedTuple


class Language(NamedTuple):
    """`code` is ISO 639-1, `name` what its speakers call it, `locale` whose dates and numbers it uses."""

    code: str
    name: str
    locale: str


LANGUAGES = (
    Language("fr", "Français", "fr_BE"),
    Language("nl", "Nederlands", "nl_BE"),
    Language("de", "Deutsch", "de_BE"),
    Language("en", "English", "en_GB"),
)
"""In the order in which pages offer them; the first is the default."""


def locale_of(code: str) -> str:
    """The locale of the language `code`, such as `fr_BE`; the default's where it is not one of ours."""
    return next((known.locale for known in LANGUAGES if known.code == code), LANGUAGES[0].locale)
