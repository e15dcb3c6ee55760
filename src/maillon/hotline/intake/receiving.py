"""Receive reports that name their locations: a fixed number of statements for any number of rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from maillon.access.permissions import Permission, check
from maillon.hotline.intake.content import Content, digest
from maillon.hotline.intake.filing import file
from maillon.hotline.intake.states import Report
from maillon.hotline.intake.storing import ReportRow, add_reports, digests
from maillon.items.addresses import Location
from maillon.kernel.crash import point
from maillon.kernel.errors import NotAllowed
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import record


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """A report as it came in. `locations` were found in `text` by `items.addresses` and are not empty.

    `reference` is unique in the house; `received_at` is aware; `stated` are any of `policy.STATED`.
    """

    reference: str
    received_at: datetime
    channel: str
    language: str
    text: str
    remark: str
    locations: tuple[Location, ...]
    stated: tuple[str, ...] = ()
    organisation: str = ""

    def digest(self) -> bytes:
        """What tells a repeated row from another report under the same reference."""
        content = Content(self.channel, self.language, self.text, self.remark, self.stated)
        return digest(content, received_at=self.received_at)

    def row(self, id: UUID) -> ReportRow:
        """The row that it becomes."""
        return ReportRow(
            id=id, reference=self.reference, received_at=self.received_at, channel=self.channel,
            language=self.language, text=self.text, remark=self.remark, digest=self.digest(), stated=self.stated,
            organisation=self.organisation,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a batch became: how many are new or known already; `taken`: the places in it whose reference was used.

    `items` counts the new items, `reopened` those that a new report opened again.
    """

    new: int
    known: int
    taken: tuple[int, ...]
    items: int
    reopened: int


def receive_reports(*, reports: Sequence[NewReport], by: Actor, at: datetime, dry_run: bool = False) -> Received:
    """Store reports, join each location to its item, open again what the rule says, and record one event per link.

    Safe to repeat: a reference already stored with the same content is counted as known; with another content it is
    named in `taken` and nothing of it is stored. `dry_run` undoes everything at the end. Raises NotAllowed.
    Source: rules/tables/reopen_after.toml
    """
    with acting(by):
        check(by, Permission.IMPORT_REPORTS)
        if by.house != "hotline":
            raise NotAllowed(f"Reports come in at the hotline; {by.house} learns of them by referral.")
        with as_program():
            found = _receive(reports, by, at)
        if dry_run:
            transaction.set_rollback(True)
    point("import: committed")
    return found


def _receive(reports: Sequence[NewReport], by: Actor, at: datetime) -> Received:
    first = {r.reference: r for r in reversed(reports)}
    ids = dict(zip(first, uuid7s(at, len(first)), strict=True))
    point("import: begun")
    fresh = add_reports([r.row(ids[r.reference]) for r in first.values()], state=Report.FILED, house=by.house)
    point("import: reports written")
    rest = [n for n, r in enumerate(reports) if r.reference not in fresh or first[r.reference] is not r]
    known = digests([reports[n].reference for n in rest])
    taken = [n for n in rest if known[reports[n].reference] != reports[n].digest()]
    kept = [first[name] for name in dict.fromkeys(r.reference for r in reports) if name in fresh]
    filed = file(reports=kept, ids=ids, by=by, at=at)
    record(filed.news, by=by, at=at)
    point("import: recorded")
    return Received(
        new=len(kept),
        known=len(reports) - len(kept) - len(taken),
        taken=tuple(taken),
        items=filed.items,
        reopened=filed.reopened,
    )
