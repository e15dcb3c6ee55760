"""Read CSV files as they come: byte-order marks, mixed encodings, separators, quoted line breaks."""

import codecs
import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from maillon.kernel.clock import BRUSSELS
from maillon.kernel.errors import BadInput

BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
LONGEST_FIELD = 1_000_000
EARLIEST = 1980  # year
FORMATS = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%d-%m-%Y %H:%M", "%d-%m-%Y")


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 as Windows-1252, the other encoding found in Belgian offices."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", errors="replace"), error.end


codecs.register_error("maillon-windows", _as_windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """A row that could not be used: the line it begins on, its reference if it has one, and why."""

    line: int
    reference: str
    reason: str

    def sentence(self) -> str:
        name = f" ({self.reference})" if self.reference else ""
        return f"line {self.line}{name}: {self.reason}"


Fields = dict[str, str]


def read_rows(path: Path, columns: Sequence[str]) -> Iterator[tuple[int, Fields | BadRow]]:
    """The rows of a CSV file as (line, fields or what is wrong), streamed; fields are stripped.

    Raises BadInput where the file cannot be read or lacks a column.
    """
    with _open(path) as file:
        csv.field_size_limit(LONGEST_FIELD)
        separator = _separator(file)
        lines = _Lines(file)
        order = _order(_header(csv.reader(lines, delimiter=separator, strict=True)), columns, path)
        reader = csv.reader(lines, delimiter=separator, strict=True)
        while True:
            line = lines.begin()
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                lines.give_back()
                reader = csv.reader(lines, delimiter=separator, strict=True)
                yield line, BadRow(line=line, reference="", reason=f"the row cannot be read ({error})")
                continue
            if not any(row):
                continue
            yield line, _fields(line, row, order)


class _Lines:
    """The lines of a file, of which a broken record gives back all but its first: an open quote swallows no row."""

    def __init__(self, file: TextIO) -> None:
        self._file, self._returned, self._record, self._number = file, list[str](), list[str](), 0

    def begin(self) -> int:
        """A record begins: the number of its first line."""
        self._record.clear()
        return self._number + 1

    def give_back(self) -> None:
        """Read the lines of this record again, without its first."""
        again = self._record[1:]
        self._returned[:0] = again
        self._number -= len(again)
        self._record.clear()

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._returned.pop(0) if self._returned else next(self._file)
        self._record.append(line)
        self._number += 1
        return line


def _open(path: Path) -> TextIO:
    if not path.is_file():
        raise BadInput(f"{path} is no file that can be read twice; save it as a file first.")
    try:
        with path.open("rb") as file:
            head = file.read(4)
        encoding = next((name for mark, name in BOMS if head.startswith(mark)), "utf-8")
        errors = "maillon-windows" if encoding.startswith("utf-8") else "replace"
        return path.open(encoding=encoding, errors=errors, newline="")
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error


def _separator(file: TextIO) -> str:
    head = file.readline()
    file.seek(0)
    return max(",;\t", key=head.count)


def _header(reader: Iterator[list[str]]) -> list[str]:
    try:
        return [name.strip().lower() for name in next(reader)]
    except (StopIteration, csv.Error):
        return []


def _order(header: list[str], columns: Sequence[str], path: Path) -> dict[str, int]:
    missing = [name for name in columns if name not in header]
    if missing:
        raise BadInput(f"{path} lacks the column {', '.join(missing)}; its first line must be {','.join(columns)}.")
    return {name: header.index(name) for name in columns}


def _fields(line: int, row: list[str], order: dict[str, int]) -> Fields | BadRow:
    if len(row) <= max(order.values()):
        return BadRow(line=line, reference=row[0][:80], reason=f"the row has {len(row)} fields, too few")
    fields = {name: row[place].strip() for name, place in order.items()}
    if any("\x00" in value for value in fields.values()):
        reference = fields.get("reference", "").replace("\x00", "")
        return BadRow(line=line, reference=reference, reason="the row holds a NUL character; remove it")
    return fields


def moment(text: str, *, now: datetime) -> datetime:
    """A moment out of a file: ISO 8601 or day/month/year, Brussels time where it has no offset; aware.

    Raises BadInput where it cannot be read, lies before EARLIEST, or more than a day ahead.
    """
    found = _parsed(text)
    if found is not None and found.year < EARLIEST:
        raise BadInput(f"{text} lies before {EARLIEST}, before there was such a thing to report")
    if found is None:
        raise BadInput(f"{text!r} is no moment; write it as 2026-03-01T14:05 (Brussels) or with an offset")
    aware = found if found.tzinfo else found.replace(tzinfo=BRUSSELS)
    if aware > now + timedelta(days=1):
        raise BadInput(f"{text} lies in the future")
    return aware


def _parsed(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    for form in FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 (the offset is added by the caller)
        except ValueError:
            continue
    return None
