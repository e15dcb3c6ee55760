"""Reports of a partner organisation's program: many in one request, which can be repeated without a second report."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.hotline.intake import events
from maillon.hotline.intake.content import checked, digest, storable
from maillon.hotline.intake.policy import MOST_IN_BATCH
from maillon.hotline.intake.states import Report
from maillon.hotline.intake.storing import ReportRow, add_reports, digests
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError, NotAllowed
from maillon.kernel.ids import uuid7s
from maillon.outbox.acting import Actor, acting, as_program
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run


class BatchDiffers(MaillonError):
    """The key of this request was used for a request with another content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerReport:
    """One report as a partner states it. `reference` is the partner's own; `text` holds the locations.

    `received_at` is aware, or None where the partner does not say when it learned of it.
    """

    reference: str
    language: str
    text: str
    received_at: datetime | None = None
    remark: str = ""
    stated: tuple[str, ...] = ()


class Answered(TypedDict):
    """What became of one report: `created`; `known` with this content already; `conflict` with another content."""

    reference: str
    status: str


# Whoever sends the same key at the same time waits here, and then reads the answer.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"

ANSWER = "SELECT digest, answer FROM intake_batch WHERE organisation = %s AND key = %s"

KEEP = """
INSERT INTO intake_batch (house, organisation, key, digest, answer, made_at) VALUES (%s, %s, %s, %s, %s::jsonb, %s)
"""


def submit_batch(*, key: str, reports: Sequence[PartnerReport], by: Actor, at: datetime) -> list[Answered]:
    """Store a partner's reports, all or none, and answer for each in their order.

    `by.organisation` and `key` name the request: repeated with the same content it gets the same answer again.
    Raises NotAllowed; BadInput where a report cannot be stored, naming its place; BatchDiffers.
    """
    check(by, Permission.SUBMIT_FOR_PARTNER)
    if by.house != "hotline":
        raise NotAllowed(f"Reports come in at the hotline; {by.house} learns of them by referral.")
    if not key or len(key) > 200 or "\x00" in key:
        raise BadInput("Give each request an idempotency key of 1 to 200 characters.")
    if not 1 <= len(reports) <= MOST_IN_BATCH:
        raise BadInput(f"The request holds {len(reports)} reports; send 1 to {MOST_IN_BATCH} at a time.")
    given = [
        _row(report, n, id, by, at)
        for n, (report, id) in enumerate(zip(reports, uuid7s(at, len(reports)), strict=True), 1)
    ]
    body = _digest(given)
    with acting(by):
        run(ALONE, [f"{by.house} {by.organisation} {key}"])
        before = one(ANSWER, [by.organisation, key])
        if before is None:
            answer = _store(given, by, at)
            point("batch: stored")
            said = orjson.dumps(answer).decode()
            run(KEEP, [by.house, by.organisation, key, body, said, at])
            point("batch: answer kept")
    point("batch: committed")
    if before is None:
        return answer
    if bytes(before["digest"]) != body:
        raise BatchDiffers(f"The key {key[:40]!r} was used for a request with another content; give this one its own.")
    return [Answered(reference=found["reference"], status=found["status"]) for found in before["answer"]]


def _store(given: Sequence[ReportRow], by: Actor, at: datetime) -> list[Answered]:
    first = {row["reference"]: row for row in reversed(given)}
    with as_program():
        fresh = add_reports(list(first.values()), state=Report.SUBMITTED, house=by.house)
        rest = [row["reference"] for row in given if row["reference"] not in fresh]
        held = {**digests(rest), **{name: first[name]["digest"] for name in fresh}}
    news = [first[name] for name in first if name in fresh]
    record([_submitted(row) for row in news], by=by, at=at)
    return [
        _answered(row, new=row["reference"] in fresh and first[row["reference"]] is row, held=held) for row in given
    ]


def _answered(row: ReportRow, *, new: bool, held: dict[str, bytes]) -> Answered:
    reference = row["reference"].partition(":")[2]
    if new:
        return Answered(reference=reference, status="created")
    same = held[row["reference"]] == row["digest"]
    return Answered(reference=reference, status="known" if same else "conflict")


def _submitted(row: ReportRow) -> NewEvent:
    body = {"report": str(row["id"]), "reference": row["reference"], "channel": row["channel"]}
    return NewEvent(kind=events.SUBMITTED, item=None, body=body, happened_at=row["received_at"])


def _row(report: PartnerReport, place: int, id: UUID, by: Actor, at: datetime) -> ReportRow:
    try:
        reference = storable(report.reference, "reference")
        content = checked(
            channel="partner", language=report.language, text=report.text, remark=report.remark, stated=report.stated
        )
        if not reference:
            raise BadInput("It has no reference; give each report the one you know it by.")
        if not content.text:
            raise BadInput("It names no location.")
        if report.received_at is not None and (report.received_at.tzinfo is None or report.received_at > at):
            raise BadInput("It came in later than now, or without a time zone.")
    except BadInput as error:
        raise BadInput(f"Report {place}: {error}") from None
    return ReportRow(
        id=id,
        reference=f"{by.organisation}:{reference}",
        received_at=report.received_at or at,
        digest=digest(content, received_at=report.received_at),
        organisation=by.organisation,
        channel=content.channel,
        language=content.language,
        text=content.text,
        remark=content.remark,
        stated=content.stated,
    )


def _digest(given: Sequence[ReportRow]) -> bytes:
    """What tells a request from another under the same key: each report's reference and content, in their order."""
    return hashlib.sha256(orjson.dumps([[row["reference"], row["digest"].hex()] for row in given])).digest()
