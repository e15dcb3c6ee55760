"""Bring reports in from a CSV file: parsing runs beside the database, batch by batch."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.db import connection

from maillon.hotline.intake.services import NewReport, Received, receive_reports
from maillon.items.addresses import find
from maillon.kernel.clock import Clock
from maillon.kernel.errors import BadInput
from maillon.ops.reading import BadRow, Fields, moment, read_rows
from maillon.outbox.acting import Actor

COLUMNS = ("reference", "received_at", "channel", "language", "url", "remark")
BATCH = 4_000
LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]+)*|")


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a file became. `bad` names the rows that were left out."""

    rows: int = 0
    new: int = 0
    known: int = 0
    items: int = 0
    reopened: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def add(self, received: Received) -> None:
        self.new += received.new
        self.known += received.known
        self.items += received.items
        self.reopened += received.reopened


@dataclass(slots=True)
class Batch:
    """Reports on their way to the database, and the line each came from."""

    reports: list[NewReport]
    lines: list[int]


def import_reports(
    path: Path, *, by: Actor, clock: Clock, dry_run: bool = False, advance: Callable[[int], None] = lambda _: None
) -> Tally:
    """Read `path` and store its good rows; the same file again changes nothing. One transaction per batch.

    While one batch is written, the next is parsed. Raises BadInput where the file cannot be read at all.
    """
    tally = Tally()
    pending: Future[Received] | None = None
    written = Batch([], [])
    with ThreadPoolExecutor(max_workers=1) as writer:
        try:
            for batch in _batches(path, tally, clock.now()):
                if pending is not None:
                    _settle(pending, written, tally, advance)
                pending, written = writer.submit(_write, batch, by, clock, dry_run), batch
            if pending is not None:
                _settle(pending, written, tally, advance)
        finally:
            writer.submit(_leave).result()
    tally.bad.sort(key=lambda row: row.line)
    return tally


def _leave() -> None:
    connection.close()  # the writer's own: Django keeps one connection per thread


def _write(batch: Batch, by: Actor, clock: Clock, dry_run: bool) -> Received:
    return receive_reports(reports=batch.reports, by=by, at=clock.now(), dry_run=dry_run)


def _settle(pending: Future[Received], batch: Batch, tally: Tally, advance: Callable[[int], None]) -> None:
    received = pending.result()
    tally.add(received)
    why = "the reference was already used for another content; give the row a reference of its own"
    for n in received.taken:
        tally.bad.append(BadRow(line=batch.lines[n], reference=batch.reports[n].reference, reason=why))
    advance(len(batch.reports))


def _batches(path: Path, tally: Tally, now: datetime) -> Iterator[Batch]:
    batch = Batch([], [])
    for line, fields in read_rows(path, COLUMNS):
        tally.rows += 1
        try:
            if isinstance(fields, BadRow):
                tally.bad.append(fields)
                continue
            report = _report(fields, now)
        except BadInput as error:
            assert not isinstance(fields, BadRow)
            tally.bad.append(BadRow(line=line, reference=fields["reference"][:80], reason=str(error)))
            continue
        batch.reports.append(report)
        batch.lines.append(line)
        if len(batch.reports) == BATCH:
            yield batch
            batch = Batch([], [])
    if batch.reports:
        yield batch


def _report(fields: Fields, now: datetime) -> NewReport:
    """One row as a report. Raises BadInput with the reason."""
    if not fields["reference"] or len(fields["reference"]) > 200:
        raise BadInput(
            "the reference is missing" if not fields["reference"] else "the reference is over 200 characters"
        )
    if not fields["channel"] or len(fields["channel"]) > 50:
        raise BadInput("the channel is missing or over 50 characters")
    language = fields["language"].lower()
    if not LANGUAGE.fullmatch(language):
        raise BadInput(f"{fields['language']!r} is no language code; use fr, nl, de, en")
    received_at = moment(fields["received_at"], now=now)
    found = find(fields["url"])
    if found.unusable:
        raise BadInput(found.unusable[0])
    if not found.locations:
        raise BadInput("no location was found in the field url; give an address, or a handle as service:name")
    return NewReport(
        reference=fields["reference"],
        received_at=received_at,
        channel=fields["channel"],
        language=language,
        text=fields["url"],
        remark=fields["remark"],
        locations=found.locations,
    )
