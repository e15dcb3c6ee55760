"""`maillon arrivals`: what arrived at the authority, answering it, working on it, taking down letters."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click
import orjson

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.authority.inbox import services
from maillon.authority.inbox.queries import arrivals
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import Actor, acting
from maillon.outbox.sql import Row

COLUMNS = ("id", "matter", "state", "sender", "kind", "purpose", "severity", "flags", "due")
LETTER = {"sender_name", "received_at", "text", "severity", "flags", "remark"}

Acts = tuple[tuple[Any, ...], ...]


def several(*names: str, kinds: tuple[Any, ...], meta: str, what: str) -> Callable[..., Any]:
    """An option of several words that may be given several times."""
    return click.option(*names, type=kinds, multiple=True, metavar=meta, help=what)


@click.command
@click.option("--acknowledge", "noted", type=click.UUID, multiple=True, help="Take note of this arrival.")
@several("--refuse", "refused", kinds=(click.UUID, str), meta="ARRIVAL REASON", what="Refuse it; its sender is told.")
@click.option("--take", "taken", type=click.UUID, multiple=True, metavar="MATTER", help="Work on this matter.")
@several("--pass", "passed", kinds=(click.UUID, str), meta="MATTER UNIT", what="Pass it to an organisation.")
@several("--close", "closed", kinds=(click.UUID, str), meta="MATTER REASON", what="Nothing more is done in it.")
@click.option(
    "--letter",
    "letters",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Take down the letter in this JSON file: sender_name, received_at, text; severity, flags, remark.",
)
@as_json
@as_user
@on_database
@needs(Permission.READ_MATTERS, house="authority")
def command(
    noted: tuple[UUID, ...], refused: Acts, taken: tuple[UUID, ...], passed: Acts, closed: Acts,
    letters: tuple[Path, ...], as_json: bool, user: str,
) -> None:  # fmt: skip
    """List what arrived at the authority's house, the most urgent first; answer it, and work on its matters."""
    by = find_actor(house="authority", name=user)
    at = SystemClock().now()
    for id in taken:
        services.take_matter(id=id, by=by, at=at)
    for path in letters:
        services.enter_letter(**letter(path), by=by, at=at)
    for id in noted:
        services.acknowledge(id=id, by=by, at=SystemClock().now())
    for id, reason in refused:
        services.refuse_arrival(id=id, reason=reason, by=by, at=at)
    for id, unit in passed:
        services.pass_matter(id=id, unit=unit, by=by, at=at)
    for id, why in closed:
        services.close_matter(id=id, why=why, by=by, at=at)
    found = listed(by)
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)


def letter(path: Path) -> dict[str, Any]:
    """What the file says of a letter, as `enter_letter` takes it. Raises BadInput."""
    try:
        said = orjson.loads(path.read_bytes())
        received = datetime.fromisoformat(said["received_at"])
    except (ValueError, KeyError, TypeError):
        raise BadInput(f"{path} is no letter: give JSON with sender_name, received_at (ISO 8601) and text.") from None
    if received.tzinfo is None or not {"sender_name", "text"} <= set(said) <= LETTER:
        raise BadInput(
            f"{path} is no letter: received_at needs its offset; the fields are {', '.join(sorted(LETTER))}."
        )
    return {**said, "received_at": received}


def listed(by: Actor) -> list[Row]:
    """Every arrival, as it is printed."""
    with acting(by):
        check(by, Permission.READ_MATTERS)
        return [
            {
                "id": str(row["id"]),
                "item": str(row["item"]) if row["item"] else None,
                "matter": str(row["matter"]),
                "sender": row["sender_name"] or row["sender"],
                "kind": row["kind"],
                "purpose": row["purpose"],
                "severity": row["severity"],
                "flags": row["flags"],
                "state": row["state"],
                "due": brussels(row["due_at"]),
                "acknowledged_by": row["acknowledged_by"] or None,
            }
            for row in arrivals()
        ]
