"""A submitted report finds its items: by the addresses in it, or by a person who reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.intake import events
from maillon.hotline.intake.content import storable
from maillon.hotline.intake.filing import file
from maillon.hotline.intake.states import REPORT, Report
from maillon.items.addresses import Location, find
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, NotFound
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, one, rows, run


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A stored report, read for the locations it speaks of."""

    id: UUID
    reference: str
    received_at: datetime
    channel: str
    state: str
    locations: tuple[Location, ...]


READ = "SELECT id, reference, received_at, channel, state, locations AS text FROM intake_report WHERE id = ANY(%s)"

STEP = """
UPDATE intake_report SET state = %(target)s, outcome = CASE %(target)s WHEN 'closed' THEN 'not_illegal' ELSE outcome END
WHERE id = ANY(%(ids)s) AND state = %(before)s
"""
"""In the figures a report that leads nowhere counts as not illegal: nothing illegal was found through it."""

OPEN_AGAIN = "UPDATE intake_report SET outcome = 'open' WHERE id = %s AND state = 'closed'"


def file_reports(*, handed: Sequence[Handed], by: Actor, clock: Clock) -> None:
    """Find the items of reports that were submitted; one in which no address is recognised waits for a person."""
    at = clock.now()
    with acting(by), as_program():
        found = rows(READ + " AND state = 'submitted' ORDER BY id", [[UUID(event.body["report"]) for event in handed]])
        reports = [_read(row, row["text"]) for row in found]
        placed = [report for report in reports if report.locations]
        unplaced = [report for report in reports if not report.locations]
        filed = file(reports=placed, ids={r.reference: r.id for r in placed}, by=by, at=at)
        _step(placed, "file", Report.FILED)
        point("file: placed")
        _step(unplaced, "file", Report.UNPLACED)
        point("file: unplaced")
        record([*filed.news, *(_event(events.UNPLACED, r, r.received_at) for r in unplaced)], by=by, at=at)
        point("file: recorded")


def place_report(*, report_id: UUID, text: str, by: Actor, at: datetime) -> None:
    """A person says of which locations a report speaks that names none: `text` holds them. Its own text stays.

    Raises NotAllowed, NotFound, ForbiddenStep unless it waits for that or was closed, BadInput without a location.
    """
    with acting(by):
        check(by, Permission.PLACE_REPORT)
        report = _read(_report(report_id), storable(text, "text"))
        REPORT.step(report.state, "place")
        if not report.locations:
            found = find(text)
            raise BadInput(
                found.unusable[0] if found.unusable else "No address was recognised; write it in full, with http://"
            )
        with as_program():
            run(OPEN_AGAIN, [report_id])
            filed = file(reports=[report], ids={report.reference: report.id}, by=by, at=at)
            _step([report], "place", Report.FILED)
        record([_event(events.PLACED, report, at), *filed.news], by=by, at=at)


def close_report(*, report_id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """A person read a report that names no address and found nothing to look at. It can still be placed later.

    Raises NotAllowed, NotFound, ForbiddenStep, BadInput without a reason.
    """
    with acting(by):
        check(by, Permission.PLACE_REPORT)
        why = storable(reason, "reason")
        if not why:
            raise BadInput("Say why the report leads nowhere; the reason is kept on record.")
        report = _read(_report(report_id), "")
        _step([report], "close", Report.CLOSED)
        record([_event(events.REPORT_CLOSED, report, at, reason=why)], by=by, at=at)


def _report(report_id: UUID) -> Row:
    found = one(READ, [[report_id]])
    if found is None:
        raise NotFound(f"There is no report {report_id}.")
    return found


def _read(row: Row, text: str) -> Read:
    kept = {name: row[name] for name in ("id", "reference", "received_at", "channel", "state")}
    return Read(**kept, locations=find(text).locations)


def _step(reports: Sequence[Read], verb: str, target: Report) -> None:
    """Move reports that were all read in one state, unless somebody moved one of them meanwhile."""
    if not reports:
        return
    before = reports[0].state
    REPORT.step(before, verb, target)
    if run(STEP, {"target": target, "ids": sorted(r.id for r in reports), "before": before}) != len(reports):
        raise ForbiddenStep("Somebody else dealt with this report a moment ago; look at it again.")


def _event(kind: Kind, report: Read, at: datetime, **more: str) -> NewEvent:
    body = {"report": str(report.id), "reference": report.reference, "channel": report.channel, **more}
    return NewEvent(kind=kind, item=None, body=body, happened_at=at)
