"""The components page: every colour, control and block that pages are made of, to be copied from.

It is for those who write pages, and in English whatever the language chosen.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from maillon.outbox.sql import Row
from maillon.web.charts import Told
from maillon.web.drawing import svg
from maillon.web.guard import SignedRequest
from maillon.web.pages.charts import style_of
from maillon.web.tokens import SCHEMES, colours, contrast

TONES = ("plain", "busy", "care", "grave", "done")
GROUNDS = ("ground", "surface", "raised")
TEXT = (
    *((ink, ground) for ink in ("ink", "soft", "accent", "grave-ink") for ground in GROUNDS),
    *((f"{tone}-ink", f"{tone}-ground") for tone in TONES),
    ("accent-ink", "accent"),
    ("accent", "accent-ground"),
    ("ink", "plain-ground"),
    ("ink", "accent-ground"),
)
"""Inks and the grounds they may stand on: 4.5:1 at least."""

CHART = ("chart-main", "chart-soft", "chart-grave", "chart-open")
LINES = tuple((line, ground) for line in ("edge", "focus", *CHART) for ground in ("ground", "surface"))
"""Edges, the focus and the colours of charts: 3:1 at least."""


class Swatch(NamedTuple):
    """An ink on a ground, and how far they stand apart in each scheme."""

    ink: str
    ground: str
    light: str
    dark: str


MADE_UP = {"January": (12, 30, 0), "February": (9, 24, 2), "March": (15, 28, 11)}
SERIES = ("one", "another", "a third")
SAMPLE = Told(
    name="sample",
    title="A chart",
    says="Most in March: 54 of 131.",
    head=("Month", *SERIES),
    rows=[(month, *numbers) for month, numbers in MADE_UP.items()],
    marks=[
        {"name": month, "series": SERIES[n], "value": number, "place": n}
        for month, numbers in MADE_UP.items()
        for n, number in enumerate(numbers)
    ],
    legend=SERIES,
    order=tuple(MADE_UP),
)


def chart(request: SignedRequest, name: str) -> HttpResponse:
    """The chart of this page."""
    if name != SAMPLE.name:
        raise Http404
    return HttpResponse(svg(SAMPLE, style_of(request)), content_type="image/svg+xml")


def show(request: SignedRequest) -> HttpResponse:
    """Every component, each with the classes that make it."""
    with override("en"):
        parts = render_to_string("web/parts/components.html", components(request.at), request)
    return render(request, "web/design.html", {"parts": parts})


def components(at: datetime) -> dict[str, Any]:
    """What the components show: made up, neutral."""
    return {
        "chart": SAMPLE,
        "address": reverse("design_chart", args=[SAMPLE.name]),
        "text": [swatch(*pair) for pair in TEXT],
        "lines": [swatch(*pair) for pair in LINES],
        "tones": TONES,
        "terms": [at + timedelta(hours=hours) for hours in (-50, 2, 30)],
        "keys": ("j", "k", "1", "?", "Enter"),
        "events": [
            event(at - timedelta(hours=2 * n), kind) for n, kind in enumerate(("settled", "case_late", "reported"))
        ],
    }


def swatch(ink: str, ground: str) -> Swatch:
    """The pair, measured."""
    light, dark = (f"{contrast(colours(scheme)[ink], colours(scheme)[ground]):.1f}" for scheme in SCHEMES)
    return Swatch(ink, ground, light, dark)


def event(at: datetime, kind: str) -> Row:
    """An event as timelines get it."""
    return {
        "kind": kind,
        "item": None,
        "actor": "clock",
        "organisation": "maillon",
        "happened_at": at,
        "rule": "",
        "body": {"reference": "R-0001", "channel": "phone"} if kind == "reported" else {},
    }
