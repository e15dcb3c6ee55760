"""The shapes of charts in the words of Vega-Lite, made and checked by altair.

Names stand above their bars, never beside them: how wide a text is depends on the reader's faces.
"""

from typing import Any, NamedTuple

from maillon.web.charts import Told
from maillon.web.tokens import colours, face

WIDTHS = {"wide": 560, "narrow": 290}
"""Of the picture's inner part, in CSS pixels: beside another chart, and on a telephone."""

TEXT, BAR, BAND = 13, 14, 44
SERIES = ("chart-grave", "chart-soft", "chart-open")
UPRIGHT = "M-0.2,-1.3H0.2V1.3H-0.2Z"
"""An upright stroke, as the shape of a point."""


class Style(NamedTuple):
    """How to draw: `scheme` light or dark, `size` wide or narrow."""

    scheme: str
    size: str


def spec(told: Told, style: Style) -> dict[str, Any]:
    """What `told` says, as a chart. altair takes a while to load: only where something is drawn."""
    import altair

    shape = {"countries": _bars, "channels": _stacked_bars, "times": _spans}.get(told.name, _columns)
    chart = shape(altair, told, style).properties(width=WIDTHS[style.size])
    found: dict[str, Any] = chart.configure(**_configure(style)).to_dict()
    return found


def _columns(alt: Any, told: Told, style: Style) -> Any:
    """Columns side by side, each stacked by series."""
    names = list(told.order)
    return _chart(alt, told, height=200).mark_bar().encode(
        x=alt.X("name:N", scale=alt.Scale(domain=names), axis=alt.Axis(title=None, ticks=False, labelPadding=8)),
        y=alt.Y("value:Q", axis=alt.Axis(title=None, tickCount=4, format="d")),
        color=_series(alt, told),
        order="place:Q",
    )  # fmt: skip


def _stacked_bars(alt: Any, told: Told, style: Style) -> Any:
    """Bars one under another, each stacked by series, its name above it."""
    bars = _chart(alt, told).mark_bar(size=BAR, yOffset=BAR / 2).encode(
        x=alt.X("value:Q", axis=alt.Axis(title=None, tickCount=4, format="d")),
        y=_rows(alt, told), color=_series(alt, told), order="place:Q",
    )  # fmt: skip
    return bars + _names(alt, told)


def _bars(alt: Any, told: Told, style: Style) -> Any:
    """Bars one under another, the name above each, the number at its end."""
    room = alt.Scale(domainMax=max((row["value"] for row in told.marks), default=1) * 1.12)
    base = _chart(alt, told).encode(x=alt.X("value:Q", axis=None, scale=room), y=_rows(alt, told))
    numbers = base.mark_text(align="left", baseline="middle", dx=5, dy=BAR / 2).encode(text="value:Q")
    return base.mark_bar(size=BAR, yOffset=BAR / 2) + numbers + _names(alt, told)


def _spans(alt: Any, told: Told, style: Style) -> Any:
    """From half to nine in ten, and a stroke at the agreed term, on a scale of powers."""
    seconds = [value for row in told.marks for value in row.values() if isinstance(value, int)]
    ends = alt.Scale(type="log", domain=[max(min(seconds) * 0.5, 1), max(seconds) * 1.6], nice=False)
    words = "".join(f"datum.value=={s}?{_quoted(text)}:" for s, text in told.ticks.items()) + "''"
    axis = alt.Axis(
        title=None, values=[int(s) for s in told.ticks], labelExpr=words, labelOverlap="greedy", labelSeparation=24
    )
    points = [
        {"name": row["name"], "what": what, "at": row[field]}
        for row in told.marks
        for field, what in zip(("half", "most", "term"), told.legend, strict=True)
        if row[field]
    ]
    have, names = colours(style.scheme), list(told.legend)
    inks = [have[name] for name in ("chart-main", "chart-main", "chart-grave")]
    shape = alt.Shape("what:N", scale=alt.Scale(domain=names, range=["circle", "diamond", UPRIGHT]))
    ink = alt.Color("what:N", scale=alt.Scale(domain=names, range=inks))
    spans = (
        _chart(alt, told)
        .transform_filter("datum.half > 0")
        .mark_rule(strokeWidth=3, yOffset=BAR / 2)
        .encode(x=alt.X("half:Q", scale=ends, axis=axis), x2="most:Q", y=_rows(alt, told))
    )
    return spans + _names(alt, told) + alt.Chart(alt.Data(values=points)).mark_point(
        filled=True, size=110, opacity=1, yOffset=BAR / 2
    ).encode(x=alt.X("at:Q", scale=ends, axis=axis), y=_rows(alt, told), shape=shape, color=ink)  # fmt: skip


def _chart(alt: Any, told: Told, height: int = 0) -> Any:
    return alt.Chart(alt.Data(values=list(told.marks)), height=height or max(len(told.order), 1) * BAND)


def _rows(alt: Any, told: Told) -> Any:
    return alt.Y("name:N", scale=alt.Scale(domain=list(told.order)), axis=None)


def _names(alt: Any, told: Told) -> Any:
    """The name of each row, above its bar."""
    values = alt.Data(values=[{"name": name} for name in told.order])
    mark = alt.Chart(values).mark_text(align="left", baseline="middle", dy=-BAR / 2 - 2)
    return mark.encode(x=alt.value(0), y=_rows(alt, told), text="name:N")


def _series(alt: Any, told: Told) -> Any:
    return alt.Color("series:N", scale=alt.Scale(domain=list(told.legend)))


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "").replace("'", "\\'") + "'"


def _configure(style: Style) -> dict[str, Any]:
    """Faces and colours from the tokens."""
    have = colours(style.scheme)
    text = {"labelFont": face(), "labelFontSize": TEXT, "labelColor": have["ink"]}
    lines = {"gridColor": have["line"], "domainColor": have["edge"], "tickColor": have["edge"]}
    return {
        "background": "transparent",
        "font": face(),
        "padding": {"left": 4, "right": 16, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "range": {"category": [have[name] for name in SERIES]},
        "bar": {"color": have["chart-main"], "stroke": have["surface"], "strokeWidth": 1},
        "rule": {"color": have["chart-main"]},
        "text": {"color": have["ink"], "font": face(), "fontSize": TEXT},
        "axis": {**text, **lines},
        "axisX": {"labelAngle": 0, "labelOverlap": "greedy", "labelSeparation": 8},
        "legend": {
            **text,
            "title": None,
            "orient": "top",
            "symbolStrokeWidth": 0,
            "columnPadding": 28,
            "columns": 1 if style.size == "narrow" else 3,
        },
    }
