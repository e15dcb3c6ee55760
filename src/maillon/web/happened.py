"""Events as whoever looks may know them, without what speaks of a report that is hidden from them.

What each person looked at is left out for everybody: it is that person's to know, on a page of their own.
"""

from collections.abc import Sequence
from uuid import UUID

from maillon.hotline.intake.queries import hidden_reports
from maillon.looking.events import REVEALED
from maillon.outbox.sql import Row


def of_shown_reports(events: Sequence[Row]) -> list[Row]:
    """The events of the hotline without those that name a hidden report: its reference, who reached its author, why."""
    hidden = hidden_reports(ids={id for event in events if (id := _report(event)) is not None})
    return [event for event in events if _report(event) not in hidden and event["kind"] != REVEALED.name]


def _report(event: Row) -> UUID | None:
    named = (event["body"] or {}).get("report")
    return UUID(named) if named else None
