"""Events as whoever looks may know them, without what speaks of a report that is hidden from them."""

from collections.abc import Sequence
from uuid import UUID

from maillon.hotline.intake.queries import hidden_reports
from maillon.looking.events import REVEALED
from maillon.outbox.sql import Row

UNTOLD = REVEALED.name
"""What each person looked at: theirs to know, on a page of their own, and on no other page for anybody."""


def of_shown_reports(events: Sequence[Row]) -> list[Row]:
    """The events of the hotline without those that name a hidden report: its reference, who reached its author, why."""
    hidden = hidden_reports(ids={id for event in events if (id := _report(event)) is not None})
    return [event for event in events if _report(event) not in hidden]


def _report(event: Row) -> UUID | None:
    named = (event["body"] or {}).get("report")
    return UUID(named) if named else None
