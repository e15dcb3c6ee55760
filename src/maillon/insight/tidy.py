"""The figures as one tidy table: a line for each number, with what it means."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

PARTS = {"by_month": "month", "by_source": "source", "by_country": "country"}
SCALARS = ("reports", "illegal", "hosted_in_belgium", "items", "sites", "items_illegal")


class Line(NamedTuple):
    """One number. `dimension` names a part of the figure, "" all of it; `value` is None where nothing was measured."""

    figure: str
    dimension: str
    value: int | None
    definition: str


def lines(found: dict[str, Any]) -> Iterator[Line]:
    """Every number of what `figures` answered, in its order."""
    means = {name: told["means"] for name, told in found["definitions"].items()}
    for name in SCALARS:
        yield Line(name, "", found[name], means[name])
    for outcome, count in found["by_outcome"].items():
        yield Line("by_outcome", outcome, count, means["by_outcome"])
    for name, dimension in PARTS.items():
        for row in found[name]:
            counted = ((what, count) for what, count in row.items() if what != dimension)
            yield from (Line(f"{name}.{what}", row[dimension], count, means[name]) for what, count in counted)
    for what, count in found["late"].items():
        yield Line(f"late.{what}", "", count, means["late"])
    for step, time in found.get("times", {}).items():
        yield from (Line(f"times.{what}", step, value, means[f"times.{step}"]) for what, value in time.items())


def as_csv(found: dict[str, Any]) -> str:
    """`lines` as CSV with a header (RFC 4180; an unmeasured value is empty)."""
    text = StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(Line._fields)
    writer.writerows(lines(found))
    return text.getvalue()
