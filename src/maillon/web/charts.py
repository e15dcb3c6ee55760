"""The charts of a year: what each shows, in words and numbers, for its table, its alternative text and its drawing.

A chart is one entry of CHARTS. `told` makes it from the figures; `drawing` draws what was told, and nothing else.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillon.insight.agreed import Agreed
from maillon.insight.figures import OUTCOMES
from maillon.outbox.sql import Row
from maillon.web import labels
from maillon.web.moments import length, month_name

MOST = 10
"""How many countries a chart names; its table has them all."""

WORDS: Mapping[str, str | Promise] = {
    "illegal": gettext_lazy("illegal"),
    "not_illegal": gettext_lazy("not illegal"),
    "open": gettext_lazy("not settled yet"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """What charts are made from: a year's figures, the years beside one another, the agreed terms."""

    found: Mapping[str, Any]
    years: Sequence[Row]
    agreed: Mapping[str, Agreed]
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One chart in the page's language: `head` and `rows` are its table, `marks` what is drawn, `legend` its series."""

    name: str
    title: str
    says: str
    head: Sequence[str]
    rows: Sequence[Sequence[str | int]]
    marks: Sequence[Mapping[str, Any]]
    legend: Sequence[str] = ()
    order: Sequence[str] = ()
    note: str = ""
    rules: Sequence[str] = ()
    ticks: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The same for the same drawing, and for no other."""
        return hashlib.sha256(orjson.dumps(asdict(self))).hexdigest()[:24]


def months(data: Data) -> Told:
    """Reports by month of receipt, by outcome."""
    year, rows = data.found["year"], data.found["by_month"]
    named = [(month_name(row["month"], data.language), row) for row in rows]
    each = [f"{year}-{n:02}" for n in range(1, 13)]
    short = {month_name(month, data.language): month_name(month, data.language, "LLL") for month in each}
    most, row = max(named, key=lambda pair: pair[1]["reports"], default=("", None))
    says = ngettext(
        "%(year)s: %(count)s report, most in %(most)s (%(number)s).",
        "%(year)s: %(count)s reports, most in %(most)s (%(number)s).",
        data.found["reports"],
    )
    words = says % {"year": year, "count": data.found["reports"], "most": most, "number": row["reports"]} if row else ""
    return _by_outcome("months", _("Reports by month"), _("Month"), named, words, short)


def countries(data: Data) -> Told:
    """Illegal items by the country they were last located in, the most first."""
    rows = sorted(data.found["by_country"], key=lambda row: (-row["items"], row["country"]))
    named = [(_country(row["country"], data.language), row["items"], row["sites"]) for row in rows]
    shown, rest = named[:MOST], named[MOST:]
    others = ngettext("%(count)d other country", "%(count)d other countries", len(rest)) % {"count": len(rest)}
    bars = [(name, items) for name, items, _sites in shown] + ([(others, sum(r[1] for r in rest))] if rest else [])
    says = _("%(items)s illegal items in %(count)s countries, most in %(most)s (%(number)s).")
    told = {"items": sum(r[1] for r in named), "count": len(named)}
    return Told(
        name="countries",
        title=_("Illegal items by country"),
        says=says % {**told, "most": named[0][0], "number": named[0][1]} if named else "",
        head=(_("Hosted in"), _("Items"), _("Sites")),
        rows=named,
        marks=[{"name": name, "value": items} for name, items in bars],
        order=[name for name, _items in bars],
    )


def times(data: Data) -> Told:
    """From the first report to each step: half within, nine in ten within, the agreed term."""
    found = [(text, data.found["times"][step], data.agreed.get(step)) for step, text in STEPS.items()]
    named = [(str(text), time, term) for text, time, term in found]
    known = {text: time for text, time, _term in named if time["count"]}
    sent = known.get(str(STEPS["sent"])) or known.get(str(STEPS["settled"]))
    says = _("Half of the items were settled or sent within %(half)s, nine in ten within %(most)s.")
    spans = {"half": _length(sent["median_seconds"]), "most": _length(sent["p90_seconds"])} if sent else {}
    return Told(
        name="times",
        title=_("Time from the first report until"),
        says=says % spans if sent else "",
        head=(_("Step"), _("Items"), _("Half within"), _("Nine in ten within"), _("Agreed term")),
        rows=[(text, time["count"], *map(_length, _span(time, term))) for text, time, term in named],
        marks=[
            dict(zip(("name", "half", "most", "term"), (text, *_span(time, term)), strict=True))
            for text, time, term in named
        ],
        legend=(_("half within"), _("nine in ten within"), _("agreed term")),
        order=[text for text, _time, _term in named],
        note=_(
            "The agreed term adds up the terms on the way of an item that takes one opinion and goes to the federal "
            "police, in a week without holidays."
        ),
        rules=tuple(dict.fromkeys(rule.ref for term in data.agreed.values() for rule in term.rules)),
        ticks={str(s): length(s) for s in (60, 3600, 24 * 3600, 7 * 24 * 3600, 70 * 24 * 3600, 700 * 24 * 3600)},
    )


def channels(data: Data) -> Told:
    """Reports by channel, by outcome."""
    rows = sorted(data.found["by_source"], key=lambda row: -row["reports"])
    named = [(str(labels.label("channel", row["source"]).text) or "–", row) for row in rows]
    says = _("Most reports came by one channel: %(most)s (%(number)s of %(count)s).")
    told = {"most": named[0][0], "number": rows[0]["reports"], "count": data.found["reports"]} if named else {}
    title, first = _("Reports by channel"), _("Channel")
    return _by_outcome("channels", title, first, named, says % told if named else "", {n: n for n, _row in named})


def years(data: Data) -> Told:
    """Reports year by year, by outcome."""
    named = [(str(row["year"]), row) for row in data.years]
    this = next((row["reports"] for year, row in named if year == str(data.found["year"])), 0)
    before = next((row["reports"] for year, row in named if year == str(data.found["year"] - 1)), 0)
    says = _("%(count)s reports in %(year)s, %(before)s the year before.")
    told = {"count": this, "year": data.found["year"], "before": before}
    title, first = _("Year by year"), _("Year")
    return _by_outcome("years", title, first, named, says % told if named else "", {n: n for n, _row in named})


STEPS: Mapping[str, str | Promise] = {
    "located": gettext_lazy("located"),
    "first_opinion": gettext_lazy("first assessed"),
    "settled": gettext_lazy("settled"),
    "sent": gettext_lazy("sent"),
    "acknowledged": gettext_lazy("acknowledged"),
}
CHARTS: Mapping[str, Callable[[Data], Told]] = {
    "months": months,
    "years": years,
    "countries": countries,
    "channels": channels,
    "times": times,
}


def _by_outcome(
    name: str, title: str, first: str, named: Sequence[tuple[str, Row]], says: str, drawn: Mapping[str, str]
) -> Told:
    """Reports by something, split by outcome; `drawn` has what is written in the drawing, in its order."""
    words = {outcome: str(WORDS[outcome]) for outcome in OUTCOMES}
    return Told(
        name=name,
        title=title,
        says=says,
        head=(first, _("Reports"), *words.values()),
        rows=[(text, row["reports"], *(row[outcome] for outcome in OUTCOMES)) for text, row in named],
        marks=[
            {"name": drawn[text], "series": word, "value": row[outcome], "place": n}
            for text, row in named
            for n, (outcome, word) in enumerate(words.items())
        ],
        legend=tuple(words.values()),
        order=tuple(drawn.values()),
    )


def _span(time: Row, term: Agreed | None) -> tuple[int | None, int | None, int | None]:
    return time["median_seconds"], time["p90_seconds"], term.seconds if term else None


def _country(code: str, language: str) -> str:
    return str(labels.country("" if code == "not located" else code, language).text)


def _length(seconds: int | None) -> str:
    return "–" if seconds is None else length(seconds)
