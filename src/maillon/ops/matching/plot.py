"""How far the matches are, as a picture: SVG in the colours of the page it stands in, light or dark."""

import re
from collections.abc import Mapping
from itertools import count
from typing import Any

TEXT, HEIGHT = 13, 220
EVERY = 4  # bits between two numbers of the axis
SERIES = ("var(--chart-main)", "var(--chart-open)", "var(--chart-soft)", "var(--chart-grave)")
FACE = "system-ui, sans-serif"
NEEDLESS = re.compile(r' (?:aria-[a-z]+|role|class)="[^"]*"')  # the page says what it is
FRACTION = re.compile(r"\d+\.\d{2,}")


def svg(distances: Mapping[str, Mapping[int, int]], *, most: int, width: int) -> str:
    """Matches by distance (0 … `most` bits), by type. The numbers themselves stand in a table beside it."""
    import altair
    import vl_convert  # both take a while to load

    drawn = vl_convert.vegalite_to_svg(_spec(altair, distances, most, width))
    return FRACTION.sub(lambda number: f"{float(number[0]):.1f}", NEEDLESS.sub("", drawn))


def _spec(alt: Any, distances: Mapping[str, Mapping[int, int]], most: int, width: int) -> dict[str, Any]:
    rows = [{"type": t, "distance": d, "matches": n} for t, row in distances.items() for d, n in sorted(row.items())]
    across = alt.X(
        "distance:O",
        scale=alt.Scale(domain=list(range(most + 1))),
        axis=alt.Axis(title="bits that differ", labelExpr=f"datum.value % {EVERY} ? '' : datum.label", ticks=False),
    )
    highest = max((sum(row.get(d, 0) for row in distances.values()) for d in range(most + 1)), default=0)
    up = alt.Y("matches:Q", axis=alt.Axis(title="matches", values=marks(highest), format="d"))
    colour = alt.Color("type:N", scale=alt.Scale(domain=sorted(distances)), legend=_legend(alt, len(distances)))
    chart = alt.Chart(alt.Data(values=rows)).mark_bar().encode(x=across, y=up, color=colour)
    found: dict[str, Any] = chart.properties(width=width, height=HEIGHT).configure(**_configure()).to_dict()
    return found


def marks(highest: int) -> list[int]:
    """The numbers beside the axis: whole ones from 0, a few, a round step apart."""
    step = next(step for n in count() for step in (10**n, 2 * 10**n, 5 * 10**n) if step * 5 >= highest)
    return list(range(0, highest + 1, step))


def _legend(alt: Any, types: int) -> Any:
    return alt.Legend(title=None, orient="top", symbolStrokeWidth=0, columnPadding=28) if types > 1 else None


def _configure() -> dict[str, Any]:
    ink = {"labelFont": FACE, "labelFontSize": TEXT, "labelColor": "var(--ink)"}
    title = {"titleFont": FACE, "titleFontSize": TEXT, "titleColor": "var(--soft)", "titleFontWeight": "normal"}
    lines = {"gridColor": "var(--line)", "domainColor": "var(--edge)", "tickColor": "var(--edge)"}
    return {
        "background": "transparent",
        "font": FACE,
        "padding": {"left": 4, "right": 16, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "range": {"category": list(SERIES)},
        "bar": {"stroke": "var(--surface)", "strokeWidth": 1},
        "axis": {**ink, **title, **lines},
        "axisX": {"labelAngle": 0, "labelOverlap": False},
        "legend": ink,
    }
