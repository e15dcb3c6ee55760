"""How much somebody looked, laid out by day: views and time, by kind and by severity. No order but that of names."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.translation import gettext as _

from maillon.outbox.sql import Row

KINDS = ("image", "video", "text")
SEVERITIES = (5, 4, 3, 2, 1, None)


@dataclass(frozen=True, slots=True)
class Spent:
    """A length of time as people read it: hours and minutes."""

    seconds: int

    def __str__(self) -> str:
        hours, minutes = divmod(round(self.seconds / 60), 60)
        if not self.seconds:
            return "–"
        if not hours and not minutes:
            return _("under a minute")
        if not hours:
            return _("%(minutes)d min") % {"minutes": minutes}
        if not minutes:
            return _("%(hours)d h") % {"hours": hours}
        return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": minutes}


@dataclass(frozen=True, slots=True)
class Amount:
    """Views and time."""

    views: int
    spent: Spent


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one person: by kind in the order of KINDS, altogether, and by severity where there is any."""

    day: date
    kinds: Sequence[Amount]
    whole: Amount
    severities: Sequence[tuple[int | None, Amount]]


def days(found: Iterable[Row], first: date, last: date) -> list[Day]:
    """Every day from the first to the last, of the exposure of one person (`looking.queries.exposure`)."""
    by_day = {day: list(rows) for day, rows in groupby(found, key=lambda row: row["day"])}
    length = (last - first).days + 1
    return [_day(first + timedelta(n), by_day.get(first + timedelta(n), [])) for n in range(length)]


def people(found: Iterable[Row], first: date, last: date) -> Iterator[tuple[str, list[Day]]]:
    """The days of each person, by name (`looking.queries.exposures`)."""
    for person, rows in groupby(found, key=lambda row: row["person"]):
        yield str(person), [day for day in days(rows, first, last) if day.whole.views]


def _day(day: date, rows: Sequence[Row]) -> Day:
    return Day(
        day,
        [_amount(row for row in rows if row["kind"] == kind) for kind in KINDS],
        _amount(rows),
        [
            (severity, _amount(row for row in rows if row["severity"] == severity))
            for severity in SEVERITIES
            if any(row["severity"] == severity for row in rows)
        ],
    )


def _amount(rows: Iterable[Row]) -> Amount:
    found = list(rows)
    return Amount(sum(row["views"] for row in found), Spent(sum(row["seconds"] for row in found)))
