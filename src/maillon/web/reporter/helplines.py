"""Where to call for help, in the page's language. Source: rules/tables/help_lines.toml"""

from datetime import date
from functools import lru_cache
from typing import NamedTuple

from maillon.rules.table import load


class Line(NamedTuple):
    """A telephone number and the name of who answers."""

    number: str
    name: str


class Lines(NamedTuple):
    """`listening` is None where no line for children answers in this language."""

    emergency: Line
    police: Line
    child_focus: Line
    listening: Line | None


@lru_cache(maxsize=16)
def lines(language: str, on: date) -> Lines:
    """The lines of this day for a page in `language`."""
    table = load("help_lines")
    emergency, police, child_focus, listening = (
        Line(**table.row(on=on, line=line, language=language).fields) for line in Lines._fields
    )
    return Lines(emergency, police, child_focus, None if listening == child_focus else listening)
