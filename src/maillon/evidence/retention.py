"""How long what is kept stays: from the outcome of the item's assessment, by rules/tables/retention.toml."""

from datetime import datetime
from typing import Any, NamedTuple

from maillon.kernel.clock import brussels_day
from maillon.rules.calendar import due
from maillon.rules.table import load

NEVER_SETTLED = "never_settled"


class Expiry(NamedTuple):
    """From when it is purged. `rule` is what an object's row and its tombstone say of why."""

    at: datetime
    rule: dict[str, Any]


def expiry(outcome: str, start: datetime) -> Expiry:
    """The term from `start` (settlement, or keeping while it was never settled). Raises NoRule."""
    row = load("retention").row(on=brussels_day(start), outcome=outcome)
    said = row.fields
    rule = {"rule": row.ref, "outcome": outcome, "hashes": said["hashes"], "addresses": said["addresses"]}
    return Expiry(due(start, said["amount"], said["unit"]), rule)
