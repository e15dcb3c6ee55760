"""The demo's CSV files, as untidy as real ones and the same on every machine.

`reports-2015` has a byte-order mark and CRLF, `reports-2016` is Windows-1252, the others are plain UTF-8.
Times stand without offset (Brussels), except where a year's first report is stated in UTC or the hour is
ambiguous.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random

from maillon.demo.accounts import POLICE_DESK
from maillon.demo.plan import SEED, YEARS, Former, Opinion
from maillon.demo.reports import Report, current

REPORT_COLUMNS = ("reference", "received_at", "channel", "language", "url", "remark")
ASSESSMENT_COLUMNS = (
    "reference", "user", "scheme", "version", "code", "severity", "flags", "reason", "assessed_at"
)  # fmt: skip
SCHEME, VERSION = "demo", "1"


@dataclass(frozen=True, slots=True)
class FormerFiles:
    """The two files of one former year."""

    year: int
    reports: Path
    assessments: Path


@dataclass(frozen=True, slots=True)
class Files:
    """Every file written: the former years in order, then the reports of the current one."""

    former: tuple[FormerFiles, ...]
    current: Path


def write(folder: Path, *, today: date) -> Files:
    """Write every file into `folder`, made if need be; `today` sets the current year and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = Former(Random(SEED))
    former = []
    for year in YEARS:
        reports, opinions = plan.year(year)
        pair = FormerFiles(year.year, folder / f"reports-{year.year}.csv", folder / f"assessments-{year.year}.csv")
        _write(pair.reports, REPORT_COLUMNS, map(_report_row, reports), *_habits(year.year))
        _write(pair.assessments, ASSESSMENT_COLUMNS, map(_opinion_row, opinions), "utf-8", "\n")
        former.append(pair)
    path = folder / "reports-current.csv"
    _write(path, REPORT_COLUMNS, map(_report_row, current(today, Random(SEED))), "utf-8", "\n")
    return Files(tuple(former), path)


def _habits(year: int) -> tuple[str, str]:
    """Encoding and line end of a year's reports."""
    return {2015: ("utf-8-sig", "\r\n"), 2016: ("cp1252", "\n")}.get(year, ("utf-8", "\n"))


def _write(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]], encoding: str, line_end: str) -> None:
    unfinished = path.with_name(path.name + ".part")
    with unfinished.open("w", encoding=encoding, newline="") as opened:
        writer = csv.writer(opened, lineterminator=line_end)
        writer.writerow(columns)
        writer.writerows(tuple(cell.replace("\n", line_end) for cell in row) for row in rows)
    unfinished.replace(path)


def _report_row(report: Report) -> tuple[str, ...]:
    in_utc = report.reference.endswith("-0001")
    received = _utc(report.received_at) if in_utc else _local(report.received_at)
    return report.reference, received, report.channel, report.language, report.url, report.remark


def _opinion_row(opinion: Opinion) -> tuple[str, ...]:
    return (
        opinion.reference, POLICE_DESK, SCHEME, VERSION,
        opinion.code, opinion.severity, opinion.flags, opinion.reason, _local(opinion.assessed_at),
    )  # fmt: skip


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _local(at: datetime) -> str:
    ambiguous = at.replace(fold=0).utcoffset() != at.replace(fold=1).utcoffset()
    return at.isoformat(timespec="minutes") if ambiguous else at.strftime("%Y-%m-%d %H:%M")
