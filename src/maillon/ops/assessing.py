"""Bring assessments in from a CSV file, under the rules and permissions of those who made them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from maillon.access.queries import find_actor, organisation_kind
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import items_of_reports, report_items
from maillon.items.services import lock_items
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError, NotFound
from maillon.ops.reading import BadRow, Fields, moment, read_rows
from maillon.outbox.acting import Actor, acting

BATCH = 100
Known = tuple[Actor, str]
COLUMNS = ("reference", "user", "scheme", "version", "code", "severity", "flags", "reason", "assessed_at")


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a file became: rows, and how many opinions were new, changed or known already."""

    rows: int = 0
    assessed: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)


def import_assessments(
    path: Path, *, by: Actor, clock: Clock, advance: Callable[[int], None] = lambda _: None
) -> Tally:
    """Read `path` and record its good rows, BATCH of them in a transaction; the same file again changes nothing.

    Raises BadInput where the file cannot be read at all.
    """
    tally = Tally()
    people: dict[str, Known | NotFound] = {}
    rows = read_rows(path, COLUMNS)
    while batch := list(islice(rows, BATCH)):
        good = [fields for _, fields in batch if not isinstance(fields, BadRow)]
        named = {fields["user"] for fields in good}
        people.update({name: _known(by.house, name) for name in named - people.keys()})
        with acting(by):
            # All at once, in the order of their ids, as dispatchers lock them: neither waits for the other for ever.
            lock_items(item_ids=items_of_reports(references=[fields["reference"] for fields in good]))
            point("assess: items locked")
            for line, fields in batch:
                _take(line, fields, people, tally, by, clock.now())
        point("assess: committed")
        advance(len(batch))
    return tally


def _take(
    line: int, fields: Fields | BadRow, people: Mapping[str, Known | NotFound], tally: Tally, by: Actor, at: datetime
) -> None:
    """One row in a savepoint of its own, so that a refused one leaves the others of its batch alone."""
    tally.rows += 1
    if isinstance(fields, BadRow):
        tally.bad.append(fields)
        return
    try:
        with transaction.atomic():
            effects = _assess(fields, people[fields["user"]], by, at)
    except MaillonError as error:
        tally.bad.append(BadRow(line=line, reference=fields["reference"][:80], reason=str(error)))
        return
    for effect in effects:
        setattr(tally, effect, getattr(tally, effect) + 1)


def _known(house: str, name: str) -> Known | NotFound:
    """The account and the kind of its organisation; the refusal where there is no such account."""
    try:
        person = find_actor(house=house, name=name)
    except NotFound as refusal:
        return refusal
    with acting(person):
        return person, organisation_kind(id=person.organisation)


def _assess(fields: Fields, known: Known | NotFound, by: Actor, at: datetime) -> list[str]:
    """One row, for every item of its report. Raises MaillonError with the reason."""
    if not fields["user"]:
        raise BadInput("the user is missing")
    if isinstance(known, NotFound):
        raise known
    person, kind = known
    stated = Stated(
        scheme=fields["scheme"],
        version=fields["version"],
        code=fields["code"],
        severity=_severity(fields["severity"]),
        flags=frozenset(flag for flag in re.split(r"[|,;\s]+", fields["flags"]) if flag),
        reason=fields["reason"],
    )
    assessed_at = moment(fields["assessed_at"], now=at) if fields["assessed_at"] else None
    found = report_items(reference=fields["reference"])
    if found is None:
        raise NotFound(f"there is no report {fields['reference']!r}; bring it in with maillon import first")
    report_id, items = found
    return [
        assess(
            item_id=item,
            report_id=report_id,
            stated=stated,
            assessed_at=assessed_at,
            person=person,
            person_kind=kind,
            by=by,
            at=at,
        )
        for item in sorted(items)
    ]


def _severity(text: str) -> int | None:
    if not text:
        return None
    if not text.isascii() or not text.isdigit():
        raise BadInput(f"{text!r} is no severity; give a number from 1 to 5")
    return int(text)
