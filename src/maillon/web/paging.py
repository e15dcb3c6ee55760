"""Long lists, a page at a time: the next page begins after the last row of this one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from maillon.outbox.sql import Row

SIZE = 40
Moment = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True)
class Shown:
    """The rows of a page, and where the next one begins ("" on the last)."""

    rows: Sequence[Row]
    next: str


def shown(found: Sequence[Row], cursor: Callable[[Row], str], size: int = SIZE) -> Shown:
    """A page out of `size` + 1 rows that were asked for."""
    return Shown(found[:size], cursor(found[size - 1]) if len(found) > size else "")


def moment_cursor(at: datetime, id: UUID) -> str:
    """A place in a list ordered by moment and id, as text in an address."""
    return f"{at.isoformat()}~{id}"


def read_moment(text: str, first: Moment) -> Moment:
    """The place that `text` names, `first` where it is empty. Raises Http404."""
    if not text:
        return first
    at, _sep, id = text.partition("~")
    try:
        found = datetime.fromisoformat(at), UUID(id)
    except ValueError:
        raise Http404 from None
    if found[0].tzinfo is None:
        raise Http404
    return found


def read_id(text: str, last: UUID) -> UUID:
    """The id that `text` names, `last` where it is empty. Raises Http404."""
    try:
        return UUID(text) if text else last
    except ValueError:
        raise Http404 from None


def read_number(text: str, last: int) -> int:
    """The number that `text` names, `last` where it is empty. Raises Http404."""
    if not text:
        return last
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > last:
        raise Http404
    return int(text)
