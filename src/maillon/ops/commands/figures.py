"""`maillon figures`: what a year came to."""

import json
from datetime import date, datetime
from typing import Any

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.insight.figures import figures
from maillon.insight.tidy import as_csv
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, on_database


@click.command
@click.option("--year", type=int, required=True, help="The year of receipt, by the day in Brussels.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Leave out what was received after this day.")
@click.option("--times/--no-times", default=True, show_default=True, help="Measure the time to each step.")
@click.option(
    "--csv", "to_csv", is_flag=True, help="Print one line for each number: figure, dimension, value, definition."
)
@as_user
@in_house
@as_json
@on_database
@needs(Permission.READ_FIGURES)
def command(year: int, until: datetime | None, times: bool, to_csv: bool, user: str, house: str, as_json: bool) -> None:
    """Count the reports of a year and what became of them."""
    last = until.date() if until else None
    found = figures(year=year, until=last, times=times, by=find_actor(house=house, name=user))
    if to_csv:
        click.echo(as_csv(found), nl=False)
        return
    click.echo(json.dumps(found, indent=2, ensure_ascii=False) if as_json else table(found))


def table(found: dict[str, Any]) -> str:
    """The figures for a reader."""
    last = date.fromisoformat(found["last_day"])
    lines = [f"{found['house']}: reports received from {found['first_day']} to {last} (Brussels days)", ""]
    lines += _columns([(name.replace("_", " "), found[name]) for name in TOP])
    for title in ("by_month", "by_source", "by_country"):
        lines += [
            "",
            *_columns([_heading(title, found[title]), *(tuple(row.values()) for row in found[title])]),
        ]
    lines += ["", *_columns([("by outcome", "reports"), *_spaced(found["by_outcome"])])]
    lines += ["", *_columns([("late", ""), *_spaced(found["late"])])]
    if "times" in found:
        heading = ("time to", "items", "median", "90 % within")
        rows = [
            (step.replace("_", " "), t["count"], _span(t["median_seconds"]), _span(t["p90_seconds"]))
            for step, t in found["times"].items()
        ]
        lines += ["", *_columns([heading, *rows])]
    return "\n".join([*lines, "", "--json adds each figure's definition and the query that produced it."])


TOP = ("reports", "illegal", "hosted_in_belgium", "items", "items_illegal", "sites")


def _heading(title: str, rows: list[dict[str, Any]]) -> tuple[object, ...]:
    return (title.replace("_", " "), *(list(rows[0])[1:] if rows else ()))


def _spaced(counts: dict[str, int]) -> list[tuple[object, ...]]:
    return [(name.replace("_", " "), count) for name, count in counts.items()]


def _columns(rows: list[tuple[object, ...]]) -> list[str]:
    """Rows aligned: the first column to the left, the others to the right."""
    return [f"  {row[0]!s:<20}" + "".join(f"{_text(cell):>16}" for cell in row[1:]) for row in rows]


def _text(cell: object) -> str:
    return f"{cell:,}".replace(",", " ") if isinstance(cell, int) else str(cell)


def _span(seconds: int | None) -> str:
    """Whole hours where there are any, else seconds."""
    if seconds is None:
        return "–"
    return f"{seconds // 3600} h" if seconds >= 7200 else f"{seconds} s"
