"""The authority's own figures of a year: what arrived there, what the public prosecutor decided, what was done."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from maillon.access.permissions import Permission, check
from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.sql import one


class Count(NamedTuple):
    """Rows of `table` whose `moment` lies in the year, and that are so."""

    table: str
    moment: str
    so: str = "true"


COUNTS: Mapping[str, Count] = MappingProxyType(
    {
        "arrived": Count("inbox_arrival", "arrived_at"),
        "acknowledged": Count("inbox_arrival", "arrived_at", "state = 'acknowledged'"),
        "refused": Count("inbox_arrival", "arrived_at", "state = 'refused'"),
        "recalled": Count("inbox_arrival", "arrived_at", "state = 'recalled'"),
        "requests": Count("decision_request", "requested_at"),
        "approved_by_telephone": Count("decision_order", "given_at", "form = 'verbal'"),
        "orders": Count("decision_order", "given_at", "form = 'written'"),
        "refused_by_prosecutor": Count("decision_request", "decided_at", "state = 'refused'"),
        "left_online": Count("decision_hold", "given_at"),
        "disowned": Count("decision_order", "ended_at", "state = 'disowned'"),
        "lapsed": Count("decision_order", "ended_at", "state = 'lapsed'"),
        "lifted": Count("decision_order", "ended_at", "state = 'lifted'"),
        "expired": Count("decision_order", "ended_at", "state = 'expired'"),
        "measures": Count("decision_measure", "recorded_at"),
        "carried_out": Count("decision_measure", "done_at"),
    }
)
"""Each figure by its name in the message (partners/schemas/figures-1.json): what happened in the year, by the day in
Brussels. Of what arrived, the answers known now."""

STATEMENT = "SELECT " + ", ".join(
    f"(SELECT count(*) FROM {c.table} WHERE {c.moment} >= %(first)s AND {c.moment} < %(next)s AND {c.so}) AS {name}"
    for name, c in COUNTS.items()
)


def authority_figures(*, year: int, by: Actor) -> dict[str, int]:
    """The counts of `year` in the authority's house, by name. Raises NotAllowed, BadInput."""
    if not 1900 <= year <= 9998:
        raise BadInput(f"{year} is no year of figures; give four digits, such as 2026.")
    if by.house != "authority":
        raise BadInput("These are the authority's figures; ask for them in its house.")
    params = {"first": datetime(year, 1, 1, tzinfo=BRUSSELS), "next": datetime(year + 1, 1, 1, tzinfo=BRUSSELS)}
    with acting(by):
        check(by, Permission.READ_FIGURES)
        with as_program():  # the figures are the same for everybody: they count, and show nothing
            found = one(STATEMENT, params)
    assert found is not None
    return {name: int(found[name]) for name in COUNTS}
