"""Countries: two-letter codes (ISO 3166-1) and names, from the Unicode locale data that Babel carries."""

from functools import cache

from babel import Locale

from maillon.kernel.errors import BadInput

# Two-letter codes in the locale data that are no country: reservations, unions, test and unknown regions.
# XK (Kosovo) stays: it is not in ISO 3166-1, but registries and location data answer with it.
NO_COUNTRY = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


@cache
def countries() -> frozenset[str]:
    """Every code that `is_country` accepts."""
    codes = map(str, Locale("en").territories)
    return frozenset(code for code in codes if len(code) == 2 and code.isalpha()) - NO_COUNTRY


def is_country(code: str) -> bool:
    """Whether `code` is a country's two capital letters."""
    return code in countries()


def country_name(code: str, language: str) -> str:
    """The country's name in `language` (fr, nl, de, en). Raises BadInput where the code is no country."""
    if not is_country(code):
        raise BadInput(f"{code!r} is no country; use the two capital letters of ISO 3166-1, such as BE.")
    return str(Locale.parse(language).territories[code])
