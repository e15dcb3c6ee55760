"""What templates ask for: labels as badges, moments, terms, countries, rules."""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django import template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from maillon.authority.decision.policy import provision_of
from maillon.items import defang
from maillon.languages import LANGUAGES
from maillon.outbox.sql import Row
from maillon.web import labels
from maillon.web.details import details
from maillon.web.moments import day_text, hour, left, length, moment, month_name
from maillon.web.ruling import Ruling, ruling

register = template.Library()
STATIC = Path(__file__).parents[1] / "static"


def language() -> str:
    """The code of the page's language."""
    return (get_language() or LANGUAGES[0].code)[:2]


def _badge(shown: labels.Label) -> SafeString:
    return format_html('<span class="badge badge-{}">{}</span>', shown.tone, shown.text)


@register.simple_tag
def badge(table: str, word: str) -> SafeString:
    """The label of a word, coloured by its tone."""
    return _badge(labels.label(table, word))


@register.simple_tag
def word(table: str, word: str) -> str | Promise:
    """The label of a word, as text."""
    return labels.label(table, word).text


@register.filter
def country(code: str) -> str | Promise:
    """A country's name in the page's language."""
    return labels.country(code, language()).text


@register.filter
def partner(id: str) -> str | Promise:
    """A partner's name in the page's language."""
    return labels.partner(id, language()).text


@register.filter
def when(at: datetime | None) -> SafeString:
    """A moment on the clock of Brussels, readable by machines too."""
    if at is None:
        return SafeString("")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), moment(at, language()))


@register.filter
def clock(at: datetime) -> SafeString:
    """The hour of a moment of today or so, on the clock of Brussels."""
    return format_html('<time datetime="{}">{}</time>', at.isoformat(timespec="seconds"), hour(at, language()))


@register.simple_tag(takes_context=True)
def age(context: template.Context, since: datetime) -> SafeString:
    """How long ago a moment was."""
    text = length((context["request"].at - since).total_seconds())
    return format_html('<time datetime="{}">{}</time>', since.isoformat(timespec="seconds"), text)


@register.filter
def defanged(address: str) -> str:
    """A reported address as it may stand on a page: nobody's program makes a link of it."""
    return defang.defanged(address)


@register.simple_tag(takes_context=True)
def term(context: template.Context, due: datetime | None) -> SafeString:
    """How long until a term, or how late."""
    if due is None:
        return SafeString("")
    now = context["request"].at
    tone = "grave" if due < now else "care" if (due - now).total_seconds() < 4 * 3600 else "plain"
    return format_html('<span class="badge badge-{} term">{}</span>', tone, left(due, now))


@register.filter
def duration(seconds: int | None) -> str:
    """A length of time in its largest unit; a dash where there is none."""
    return "–" if seconds is None else length(seconds)


@register.filter
def day(on: date) -> SafeString:
    """A day, readable by machines too."""
    return format_html('<time datetime="{}">{}</time>', on.isoformat(), day_text(on, language()))


@register.filter
def spoken(code: str) -> str:
    """A language's own name; the code itself where it is none of ours."""
    return next((one.name for one in LANGUAGES if one.code == code), code)


@register.filter
def month(text: str) -> str:
    """The name of a month written as `2017-05`."""
    return month_name(text, language())


@register.filter
def short(id: UUID) -> str:
    """Enough of an id to tell it from its neighbours: its random end."""
    return str(id)[-8:]


@register.filter
def rule(ref: str) -> Ruling:
    """The rule behind a reference."""
    return ruling(ref)


@register.filter
def provision(ref: str) -> str:
    """The provision that a reference names, in Dutch on a Dutch page, else in French, as the law has no other text."""
    found = provision_of(ref)
    return str(found.fields["nl" if language() == "nl" else "fr"]) if found else ""


@register.filter
def slug(name: str) -> str:
    """A rule's name as an anchor."""
    return name.replace("/", "-")


@register.filter
def said(event: Row) -> Iterable[tuple[Any, Any]]:
    """What an event's body says."""
    return details(event["kind"], event["body"], language()) if event["body"] is not None else ()


@register.simple_tag
def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return f"{static(name)}?v={_digest(name)}"


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
