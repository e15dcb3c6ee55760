"""Bring assessments in from a CSV file, under the rules and permissions of those who made them."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path

from maillon.access.queries import find_actor, organisation_kind
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import report_items
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError, NotFound
from maillon.ops.reading import BadRow, Fields, moment, read_rows
from maillon.outbox.acting import Actor, acting

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
    """Read `path` and record its good rows, each in a transaction of its own; the same file again changes nothing.

    Raises BadInput where the file cannot be read at all.
    """
    tally = Tally()
    people = cache(lambda name: _person(by.house, name))
    for line, fields in read_rows(path, COLUMNS):
        tally.rows += 1
        if isinstance(fields, BadRow):
            tally.bad.append(fields)
            continue
        try:
            effects = _assess(fields, people, by, clock.now())
            point("assess: committed")
            for effect in effects:
                setattr(tally, effect, getattr(tally, effect) + 1)
        except MaillonError as error:
            tally.bad.append(BadRow(line=line, reference=fields["reference"][:80], reason=str(error)))
        advance(1)
    return tally


def _person(house: str, name: str) -> tuple[Actor, str]:
    """The account and the kind of its organisation. Raises NotFound."""
    person = find_actor(house=house, name=name)
    with acting(person):
        return person, organisation_kind(id=person.organisation)


def _assess(fields: Fields, people: Callable[[str], tuple[Actor, str]], by: Actor, at: datetime) -> list[str]:
    """One row, for every item of its report, in one transaction. Raises MaillonError with the reason."""
    stated = Stated(
        scheme=fields["scheme"],
        version=fields["version"],
        code=fields["code"],
        severity=_severity(fields["severity"]),
        flags=frozenset(flag for flag in re.split(r"[|,;\s]+", fields["flags"]) if flag),
        reason=fields["reason"],
    )
    assessed_at = moment(fields["assessed_at"], now=at) if fields["assessed_at"] else None
    person, kind = people(fields["user"])
    with acting(by):
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
