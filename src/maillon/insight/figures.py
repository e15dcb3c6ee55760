"""The year's figures: counted from the rows themselves, each with its definition and the query that produced it."""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from maillon.access.permissions import Permission, check
from maillon.insight.statements import ANALYSED, ILLEGAL, ITEMS, LATE, LOCATED, REFERRED, REPORTS, SETTINGS
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.sql import Row, one, rows

PERIOD = "received in the period (by the day in Brussels)"

OUTCOMES = ("illegal", "not_illegal", "open")

DEFINITIONS = {
    "reports": (f"Reports {PERIOD}; a repeated report is a report.", (REPORTS,)),
    "illegal": (
        "Of those reports, the ones with at least one item whose outcome last settled is illegal.",
        (REPORTS,),
    ),
    "hosted_in_belgium": (
        f"Distinct sites of the illegal items of reports {PERIOD} whose item was last located in Belgium.",
        (ILLEGAL,),
    ),
    "items": (f"Distinct items that reports {PERIOD} speak of.", (ITEMS,)),
    "sites": ("Distinct sites of those items.", (ITEMS,)),
    "items_illegal": ("Of those items, the ones whose outcome last settled is illegal.", (ILLEGAL,)),
    "by_month": ("Reports by the month of receipt, and of those each outcome, as in `by_outcome`.", (REPORTS,)),
    "by_source": ("Reports by the channel they came through, and of those each outcome.", (REPORTS,)),
    "by_outcome": (
        "Each report once: illegal with an illegal item; else open with an item not settled yet; else not illegal. "
        "One that a person closed because it leads nowhere is not illegal.",
        (REPORTS,),
    ),
    "by_country": (
        "Illegal items, and their distinct sites, by where the item was last located; a site can be in several.",
        (ILLEGAL,),
    ),
    "late": ("Cases and referrals of those items escalated at least once in their present term.", (LATE,)),
}

TIMES = {
    "located": ("first located; items known from former records are left out", LOCATED),
    "first_opinion": ("first assessed in its first case", ANALYSED),
    "settled": ("settled in its first case", ANALYSED),
    "sent": ("first sent to a partner", REFERRED),
    "acknowledged": ("first acknowledged by a partner", REFERRED),
}


def figures(*, year: int, until: date | None = None, times: bool = True, by: Actor) -> dict[str, Any]:
    """The figures of `year` in the house of `by`, ready for JSON; `definitions` says what each is and how it was found.

    `until` (included) leaves out what was received later and nothing else: outcomes and countries are those known
    now. `times` adds the time to each step, in whole seconds. Raises NotAllowed, BadInput.
    """
    first, last = _period(year, until)
    params = {"first": first, "last": last}
    with acting(by), as_program():  # the figures are the same for everybody: they count, and show nothing
        check(by, Permission.READ_FIGURES)
        rows(SETTINGS)
        counts = _reports(rows(REPORTS, params))
        illegal = rows(ILLEGAL, params)
        items, late = one(ITEMS, params) or {}, one(LATE, params)
        waited = _times(params) if times else {}
    return {
        "reports": counts["reports"],
        "illegal": counts["illegal"],
        "hosted_in_belgium": sum(row["sites"] for row in illegal if row["country"] == "BE"),
        "house": by.house,
        "year": year,
        "first_day": first.isoformat(),
        "last_day": last.isoformat(),
        **items,
        "items_illegal": sum(row["items"] for row in illegal),
        **{name: counts[name] for name in ("by_month", "by_source", "by_outcome")},
        "by_country": [{**row, "country": row["country"] or "not located"} for row in illegal],
        "late": late,
        **({"times": waited} if times else {}),
        "definitions": _definitions(params, times),
    }


def _period(year: int, until: date | None) -> tuple[date, date]:
    if not 1900 <= year <= 9998:
        raise BadInput(f"{year} is no year of reports; give four digits, such as 2016.")
    if until and until.year != year:
        raise BadInput(f"{until} is not in {year}; give a day of that year, such as {year}-05-12.")
    return date(year, 1, 1), until or date(year, 12, 31)


def _reports(received: list[Row]) -> dict[str, Any]:
    """What is counted in reports: totals, and by month, source and outcome."""
    found: dict[tuple[str, str], Counter[str]] = {}
    ends = Counter(dict.fromkeys(OUTCOMES, 0))
    for row in received:
        ends[row["outcome"]] += row["reports"]
        for key in _keys(row):
            found.setdefault(key, Counter())[row["outcome"]] += row["reports"]

    def split(kind: str) -> list[dict[str, Any]]:
        names = sorted(name for what, name in found if what == kind)
        return [{kind: name, **by_outcome(found[kind, name])} for name in names]

    return {
        "reports": ends.total(),
        "illegal": ends["illegal"],
        "by_month": split("month"),
        "by_source": split("source"),
        "by_outcome": dict(ends),
    }


def by_outcome(counts: Mapping[str, int]) -> dict[str, int]:
    """How many reports, and how many with each outcome."""
    return {"reports": sum(counts.values()), **{name: counts.get(name, 0) for name in OUTCOMES}}


def _keys(row: Row) -> tuple[tuple[str, str], ...]:
    return ("month", row["received_on"].isoformat()[:7]), ("source", row["channel"])


def _times(params: dict[str, date]) -> dict[str, dict[str, int | None]]:
    found: Row = {}
    for statement in (LOCATED, ANALYSED, REFERRED):
        found.update(one(statement, params) or {})
    return {step: _time(found[step], *(found[f"{step}_seconds"] or (None, None))) for step in TIMES}


def _time(count: int, median: int | None, p90: int | None) -> dict[str, int | None]:
    return {"count": count, "median_seconds": median, "p90_seconds": p90}


def _definitions(params: dict[str, date], times: bool) -> dict[str, Any]:
    found = dict(DEFINITIONS)
    for step, (words, statement) in TIMES.items() if times else ():
        means = (
            f"Whole seconds from the report that made an item, if {PERIOD}, until it was {words}: count, median, "
            "90th percentile. What came before that report is left out."
        )
        found[f"times.{step}"] = (means, (statement,))
    given = {name: value.isoformat() for name, value in params.items()}
    return {
        name: {"means": means, "sql": [statement.strip() for statement in statements], "parameters": given}
        for name, (means, statements) in found.items()
    }
