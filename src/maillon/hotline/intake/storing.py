"""Write many reports in one statement, each under its reference, once."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from maillon.hotline.intake.states import Report
from maillon.kernel.clock import brussels_day
from maillon.outbox.sql import as_json, rows, run


class ReportRow(TypedDict):
    """A report as it is written; `digest` is `content.digest`."""

    id: UUID
    reference: str
    received_at: datetime
    channel: str
    language: str
    text: str
    remark: str
    digest: bytes
    stated: Sequence[str]
    organisation: str


ADD_REPORTS = """
INSERT INTO intake_report (house, id, reference, received_at, received_on, channel, language, locations, remark, digest,
  outcome, state, stated, organisation)
SELECT %(house)s, id, reference, received_at, received_on, channel, language, text, remark, decode(digest, 'hex'),
  'open', %(state)s, ARRAY(SELECT json_array_elements_text(stated)), organisation
FROM json_to_recordset(%(reports)s::json) AS g(id uuid, reference text, received_at timestamptz, received_on date,
  channel text, language text, text text, remark text, digest text, stated json, organisation text)
ON CONFLICT (house, reference) DO NOTHING
"""

WRITTEN = "SELECT reference FROM intake_report WHERE id = ANY(%s)"

KNOWN = "SELECT reference, digest FROM intake_report WHERE reference = ANY(%s)"


def add_reports(reports: Sequence[ReportRow], *, state: Report, house: str) -> set[str]:
    """Write those whose reference is new; their references. The caller sees every row (`as_program`)."""
    ordered = sorted(reports, key=lambda r: r["reference"])  # two batches that share references never deadlock
    given = [{**r, "received_on": brussels_day(r["received_at"]), "digest": r["digest"].hex()} for r in ordered]
    written = run(ADD_REPORTS, {"house": house, "state": state, "reports": as_json(given)})
    if written == len(given):
        return {r["reference"] for r in ordered}
    return {row["reference"] for row in rows(WRITTEN, [[r["id"] for r in ordered]])}


def digests(references: Sequence[str]) -> dict[str, bytes]:
    """The digest of each of these reports that is stored."""
    if not references:
        return {}
    return {row["reference"]: bytes(row["digest"]) for row in rows(KNOWN, [list(references)])}
