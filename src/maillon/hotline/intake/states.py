"""A report's life at the hotline, until what it speaks of is an item."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Report(StrEnum):
    SUBMITTED = "submitted"
    FILED = "filed"
    UNPLACED = "unplaced"
    CLOSED = "closed"


R = Report
REPORT = Machine(
    name="report",
    states=Report,
    initial=frozenset({R.SUBMITTED, R.FILED}),
    final=frozenset({R.FILED}),
    arrows=(
        Arrow("file", R.SUBMITTED, R.FILED, Role.SYSTEM),
        Arrow("file", R.SUBMITTED, R.UNPLACED, Role.SYSTEM),
        Arrow("place", R.UNPLACED, R.FILED, Role.PERSON),
        Arrow("close", R.UNPLACED, R.CLOSED, Role.PERSON),
        Arrow("place", R.CLOSED, R.FILED, Role.PERSON),
    ),
)
