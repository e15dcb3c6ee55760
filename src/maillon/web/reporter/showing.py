"""How the public pages are drawn: in the language of their address, without session, cookie or visitor."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from typing import Any

from babel.dates import format_date
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import override

from maillon.kernel.clock import SystemClock, brussels_day
from maillon.languages import LANGUAGES, locale_of
from maillon.outbox.models import Installation
from maillon.web.reporter.helplines import lines

CLOCK = SystemClock()
_RECEIPT = "{the receipt}"


def page(name: str, language: str, context: Mapping[str, Any] | None = None, *, status: int = 200) -> HttpResponse:
    """One of the pages in templates/reporter/, in `language`."""
    return HttpResponse(drawn(name, language, brussels_day(CLOCK.now()), context), status=status)


def receipt_page(receipt: str, language: str, on: date) -> HttpResponse:
    """The page that shows a receipt. It is drawn once a day in each language; only the receipt changes."""
    return HttpResponse(_receipt_page(language, on).replace(_RECEIPT, receipt))


def day(on: date, language: str) -> str:
    """A day as people write it: all that reporters are shown of time."""
    return str(format_date(on, "long", locale=locale_of(language)))


def drawn(name: str, language: str, on: date, context: Mapping[str, Any] | None = None) -> str:
    """A page as text, on the day `on`."""
    shared = {"code": language, "languages": LANGUAGES, "lines": lines(language, on), "demo": is_demo()}
    with override(language):
        return render_to_string(f"reporter/{name}.html", {**shared, **(context or {})})


@lru_cache(maxsize=16)
def _receipt_page(language: str, on: date) -> str:
    return drawn("receipt", language, on, {"receipt": _RECEIPT, "day": day(on, language)})


@cache
def is_demo() -> bool:
    """Whether this is the demo world: it is made before it is served, and asked for once."""
    return bool(Installation.objects.filter(demo=True).exists())
