"""What an event says, as pairs of a name and a text: which fields of its body people read, and how."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.items.defang import defanged
from maillon.web.labels import MEASURE_KIND, country, label, partner
from maillon.web.moments import moment

Text = str | Promise
Show = Callable[[Any, str], Text]


def plain(value: Any, language: str) -> Text:
    return str(value)


def address(value: Any, language: str) -> Text:
    """An address that no program turns into a link."""
    return defanged(str(value))


def named(table: str) -> Show:
    """How to show a word that has a label."""
    return lambda value, language: label(table, str(value)).text


def when(value: Any, language: str) -> Text:
    return moment(datetime.fromisoformat(value), language)


def changed(value: Any, language: str) -> Text:
    """What a person set by hand: a moment, a number, a name."""
    try:
        return when(value, language) if "T" in str(value) else str(value)
    except ValueError:
        return str(value)


def flags(value: Any, language: str) -> Text:
    return ", ".join(str(label("flag", flag).text) for flag in value)


def state(value: Any, language: str) -> Text:
    """States of cases, referrals, measures and requests stand in one field and share no word with another meaning."""
    found = [label(table, value) for table in ("case", "referral", "measure", "decision")]
    return next((known.text for known in found if known.text != value), value)


def step(value: Any, language: str) -> Text:
    """How far something was revealed."""
    return label("step", str(value)).text


def measure(value: Any, language: str) -> Text:
    """The kind of a measure; a measure's own id is nothing to read."""
    return MEASURE_KIND[value].text if value in MEASURE_KIND else ""


FIELDS: Mapping[str, tuple[Text, Show]] = {
    "reference": (_("reference"), plain),
    "effect": (_("effect"), named("effect")),
    "country_before": (_("hosted before in"), lambda value, language: country(value, language).text),
    "provider_before": (_("provider before in"), lambda value, language: country(value, language).text),
    "country": (_("hosted in"), lambda value, language: country(value, language).text),
    "provider_country": (_("provider established in"), lambda value, language: country(value, language).text),
    "partner": (_("partner"), lambda value, language: partner(value, language).text),
    "sender": (_("sender"), named("organisation")),
    "unit": (_("unit"), named("organisation")),
    "purpose": (_("purpose"), named("purpose")),
    "referrer": (_("led there by"), address),
    "message_kind": (_("message"), named("message_kind")),
    "outcome": (_("outcome"), named("item")),
    "code": (_("code"), plain),
    "severity": (_("severity"), plain),
    "flags": (_("flags"), flags),
    "state": (_("state"), state),
    "reason": (_("reason"), named("reason")),
    "refusal": (_("why it was refused"), plain),
    "how": (_("what becomes of it"), named("resolution")),
    "why": (_("why"), named("reason")),
    "became": (_("outcome"), named("became")),
    "measure": (_("measure"), measure),
    "until": (_("until"), when),
    "method": (_("how"), named("method")),
    "origin": (_("origin"), plain),
    "told_by": (_("told by"), named("told_by")),
    "found_by": (_("found"), named("contact")),
    "mailbox": (_("mailbox"), plain),
    "statement": (_("statement"), plain),
    "due": (_("due"), when),
    "acknowledged_by": (_("acknowledged by"), named("organisation")),
    "to": (_("escalated to"), named("role")),
    "error": (_("error"), plain),
    "person": (_("account"), plain),
    "course": (_("course"), plain),
    "name": (_("name"), plain),
    "number": (pgettext_lazy("reference", "number"), plain),
    "magistrate": (_("magistrate"), plain),
    "given_at": (_("given"), when),
    "confirm_by": (_("to confirm before"), when),
    "label": (_("label"), named("clearance")),
    "what": (_("list"), plain),
    "count": (_("number"), plain),
    "before": (_("before"), changed),
    "after": (_("after"), changed),
    "finding": (_("finding"), named("finding")),
    "words": (_("in words"), plain),
    "answer": (_("answer"), plain),
    "looked_at": (_("looked at"), named("looked_at")),
    "shown_as": (_("as"), step),
    "passed": (_("past a limit"), named("passed")),
}
"""The fields of bodies that a timeline shows, in its order."""


def details(kind: str, body: Mapping[str, Any], language: str) -> Iterator[tuple[Text, Text]]:
    """What the event says, in reading order; empty fields are left out."""
    for field, (name, show) in FIELDS.items():
        value = body.get(field)
        text = show(value, language) if value not in (None, "", []) else ""
        if text:
            yield name, text
    if kind.startswith("message_"):
        yield _("message"), label("message_kind", str(body["kind"])).text
