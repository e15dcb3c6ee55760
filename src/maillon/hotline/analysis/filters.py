"""Ways to look at the queue: what is wanted of it, and the filters that people save and share."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis import events
from maillon.hotline.analysis.states import Case
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, NotFound
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

OPEN_STATES = tuple(str(state) for state in Case if state is not Case.SETTLED)
URGENCIES = range(1, 6)
LONGEST = 200
"""Characters of a filter's name, and of any text in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What somebody wants to see of the queue; what is left empty is not asked for.

    `urgency` 1–5 asks for cases at least as urgent (1 is the most urgent); `late` for those past their term; `channel`
    and `language` for items that a report of that kind speaks of; `site` is a site's exact name.
    """

    states: tuple[str, ...] = ()
    country: str = ""
    site: str = ""
    channel: str = ""
    language: str = ""
    urgency: int = 0
    late: bool = False


def as_criteria(wanted: Wanted) -> dict[str, Any]:
    """`wanted` as JSON, only what is asked for."""
    return {key: list(value) if key == "states" else value for key, value in asdict(wanted).items() if value}


def from_criteria(criteria: Mapping[str, Any]) -> Wanted:
    """The reverse of `as_criteria`. Raises BadInput where a part is unknown or cannot be."""
    texts = {key: criteria[key] for key in ("country", "site", "channel", "language") if key in criteria}
    states, urgency, late = criteria.get("states", ()), criteria.get("urgency", 0), criteria.get("late", False)
    if unknown := sorted(criteria.keys() - {*texts, "states", "urgency", "late"}):
        raise BadInput(f"A filter has no part {unknown[0]!r}; leave it out.")
    if wrong := [key for key, value in texts.items() if not isinstance(value, str) or len(value) > LONGEST]:
        raise BadInput(f"The {wrong[0]} of a filter must be a text of at most {LONGEST} characters.")
    if not isinstance(states, list | tuple) or not all(state in OPEN_STATES for state in states):
        raise BadInput(f"The states of a filter must be among {', '.join(OPEN_STATES)}.")
    if type(urgency) is not int or (urgency and urgency not in URGENCIES):
        raise BadInput("The urgency of a filter must be a number from 1 to 5, or 0 for any.")
    if type(late) is not bool:
        raise BadInput("`late` of a filter must be yes or no.")
    return Wanted(states=tuple(states), urgency=urgency, late=late, **texts)


SAVE = """
INSERT INTO analysis_filter (house, id, owner, name, shared, criteria, made_at)
VALUES (%(house)s, %(id)s, %(owner)s, %(name)s, %(shared)s, %(criteria)s, %(at)s)
ON CONFLICT (house, owner, name) DO UPDATE SET shared = excluded.shared, criteria = excluded.criteria,
  made_at = excluded.made_at
RETURNING id
"""

FILTERS = """
SELECT id, owner, name, shared, criteria FROM analysis_filter WHERE owner = %(person)s OR shared
ORDER BY owner <> %(person)s, name, owner
"""


def save_filter(*, name: str, wanted: Wanted, shared: bool = False, by: Actor, at: datetime) -> UUID:
    """Keep `wanted` under a name of one's own; one of that name is replaced. Its id. Raises NotAllowed, BadInput."""
    name = name.strip()
    criteria = as_criteria(from_criteria(as_criteria(wanted)))
    if not name or len(name) > LONGEST:
        raise BadInput(f"Give the filter a name of at most {LONGEST} characters.")
    with acting(by):
        check(by, Permission.SEE_PAGES)
        params = {"house": by.house, "id": uuid7(at), "owner": by.name, "name": name, "shared": shared}
        saved = one(SAVE, {**params, "criteria": orjson.dumps(criteria).decode(), "at": at})
        assert saved is not None
        point("filter: saved")
        body = {"filter": str(saved["id"]), "name": name, "shared": shared, "criteria": criteria}
        record([NewEvent(kind=events.FILTER_SAVED, item=None, body=body, happened_at=at)], by=by, at=at)
        return UUID(str(saved["id"]))


def share_filter(*, id: UUID, shared: bool, by: Actor, at: datetime) -> None:
    """Let everybody use one's own filter, or nobody else any more. Raises NotFound where it is not one's own."""
    with acting(by):
        check(by, Permission.SEE_PAGES)
        found = _own(id, by)
        run("UPDATE analysis_filter SET shared = %s WHERE id = %s", [shared, id])
        body = {"filter": str(id), "name": found["name"], "shared": shared, "criteria": found["criteria"]}
        record([NewEvent(kind=events.FILTER_SAVED, item=None, body=body, happened_at=at)], by=by, at=at)


def remove_filter(*, id: UUID, by: Actor, at: datetime) -> None:
    """Remove one's own filter. Raises NotFound where it is not one's own."""
    with acting(by):
        check(by, Permission.SEE_PAGES)
        found = _own(id, by)
        run("DELETE FROM analysis_filter WHERE id = %s", [id])
        body = {"filter": str(id), "name": found["name"]}
        record([NewEvent(kind=events.FILTER_REMOVED, item=None, body=body, happened_at=at)], by=by, at=at)


def filters(*, person: str) -> list[Row]:
    """The filters that `person` may use: id, owner, name, shared, criteria; their own first."""
    return rows(FILTERS, {"person": person})


def _own(id: UUID, by: Actor) -> Row:
    found = one("SELECT name, criteria FROM analysis_filter WHERE id = %s AND owner = %s FOR UPDATE", [id, by.name])
    if found is None:
        raise NotFound("There is no such filter of yours; only its owner changes a filter.")
    return found
