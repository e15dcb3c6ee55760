"""Print facts: rows that were left out, tables, and lists that only their reader can open."""

import json
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import pyrage
from rich.console import Console
from rich.table import Table

from maillon.access.queries import person
from maillon.items.services import note_listing
from maillon.kernel.clock import BRUSSELS, Clock
from maillon.kernel.errors import BadInput
from maillon.ops.installations import is_demo
from maillon.ops.reading import BadRow
from maillon.outbox.acting import Actor, acting

SHOWN = 100


def show_bad(bad: Sequence[BadRow]) -> None:
    """Name every row that was left out, on stderr."""
    for row in bad:
        click.echo(row.sentence(), err=True)


def show_table(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    """A table for people; lists become comma-separated."""
    table = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_cell(row[c]) for c in columns))
    Console(width=None if sys.stdout.isatty() else 200).print(table)


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(v) for v in value[:3]) + (" …" if len(value) > 3 else "")
    return "" if value is None else str(value)


def brussels(at: datetime | None) -> str | None:
    """A moment in Brussels time, ISO 8601 with its offset."""
    return at.astimezone(BRUSSELS).isoformat(timespec="seconds") if at else None


def put_out(
    found: Sequence[dict[str, Any]],
    columns: Sequence[str],
    *,
    what: str,
    as_json: bool,
    reason: str,
    output: Path | None,
    by: Actor,
    clock: Clock,
) -> None:
    """Print a list in the demo world; elsewhere encrypt it to the key of `by`, with the reason on record.

    Raises BadInput where the reason or the key is missing.
    """
    if is_demo():
        if as_json:
            _write((json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode(), output)
        else:
            show_table(found, columns)
        return
    if not reason.strip():
        raise BadInput(f"A list of {what} needs a reason outside the demo world; give it with --reason TEXT.")
    with acting(by):
        known = person(name=by.name)
    if known is None or not known["recipient"]:
        raise BadInput(
            f"{by.name} has no key, and a list of {what} is written only to its reader's key; "
            f"set one with maillon user key {by.name} --house {by.house}, and name the reader with --as."
        )
    note_listing(
        what=what, reason=reason.strip(), count=len(found), recipient=known["recipient"], by=by, at=clock.now()
    )
    content = json.dumps(found, ensure_ascii=False, indent=2).encode()
    _write(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(known["recipient"])], armored=True), output)


def _write(content: bytes, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
        output.chmod(0o600)
    except OSError as error:
        raise BadInput(f"{output} cannot be written: {error.strerror}.") from error
