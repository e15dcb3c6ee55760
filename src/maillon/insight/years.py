"""Reports year by year, beside one another."""

from maillon.access.permissions import Permission, check
from maillon.insight.figures import by_outcome
from maillon.insight.statements import SETTINGS
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.sql import Row, rows

MEANS = "Reports by the year of receipt (by the day in Brussels), and of those each outcome, as known now."

YEARS = """
SELECT extract(year FROM received_on)::int AS year, outcome, count(*) AS reports
FROM intake_report GROUP BY year, outcome ORDER BY year
"""


def years(*, by: Actor) -> list[Row]:
    """`year`, `reports` and the number of each outcome, from the first year with a report to the last, none left out.

    Raises NotAllowed.
    """
    with acting(by), as_program():  # as the figures of one year: the same for everybody
        check(by, Permission.READ_FIGURES)
        rows(SETTINGS)
        found: dict[int, dict[str, int]] = {}
        for row in rows(YEARS):
            found.setdefault(row["year"], {})[row["outcome"]] = row["reports"]
    return [
        {"year": year, **by_outcome(found.get(year, {}))}
        for year in (range(min(found), max(found) + 1) if found else ())
    ]
