"""`maillon vault`: who can open the evidence, what is kept of it, what leaves it, and what is purged."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.evidence import checking, holding, queries, recipients, taking
from maillon.evidence.opening import identity_given, open_vault, own_key
from maillon.evidence.purging import purge as purge_expired
from maillon.kernel.clock import SystemClock
from maillon.observation.known import forget
from maillon.ops.declaring import needs, open_to_operator
from maillon.ops.installation import current
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.progress import progress
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting, system_actor

HOUSE = "hotline"
"""The house that keeps evidence."""
DAY = click.DateTime(["%Y-%m-%d"])
COLUMNS = ("id", "kind", "key", "added_by", "added_at", "retired_at")
KIND_COLUMNS = ("kind", "objects", "size", "sealed_size", "ours", "next_expiry")
PURGE_COLUMNS = ("began", "ended", "objects", "keys", "bytes", "left")
why = click.option("--reason", required=True, metavar="TEXT", help="Why; it is kept on record.")


@click.group
def command() -> None:
    """Keys of the evidence vault, what is kept in it, holds, purges and checks."""


@command.command(name="recipients")
@as_json
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def list_recipients(as_json: bool, user: str) -> None:
    """List the keys to which evidence is encrypted, retired ones too."""
    found = [_shown(row, COLUMNS) for row in recipients.all_recipients(by=find_actor(house=HOUSE, name=user))]
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)


@command.group
def recipient() -> None:
    """Record and retire keys."""


@recipient.command
@click.option("--kind", type=click.Choice(recipients.KINDS), required=True, help="Whose key it is.")
@click.option("--key", default="", metavar="AGE1…", help="The age public key; the hotline's own is known here.")
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def add(kind: str, key: str, user: str) -> None:
    """Encrypt evidence that is kept from now on to this key too."""
    by, at = find_actor(house=HOUSE, name=user), SystemClock().now()
    if kind == "hotline":
        key = own_key(current().keys, given=key)
    id = recipients.add_recipient(kind=kind, key=key, by=by, at=at)
    click.echo(f"Recipient {id}: evidence is encrypted to the {kind} from now on.")


@recipient.command
@click.argument("recipient", type=click.UUID)
@why
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def retire(recipient: UUID, reason: str, user: str) -> None:
    """Encrypt nothing more to RECIPIENT (its id); what was remains so."""
    by = find_actor(house=HOUSE, name=user)
    recipients.retire_recipient(id=recipient, reason=reason, by=by, at=SystemClock().now())
    click.echo(f"Recipient {recipient} gets nothing more.")


@command.command
@click.argument("object_id", metavar="OBJECT", type=click.UUID)
@click.option("--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="The age identity of somebody who can open it.")  # fmt: skip
@click.option("--to", required=True, metavar="AGE1…", help="The recorded key that shall open it too.")
@why
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def rewrap(object_id: UUID, identity: Path, to: str, reason: str, user: str) -> None:
    """Let another recipient open OBJECT, by the identity of one who can."""
    by, at = find_actor(house=HOUSE, name=user), SystemClock().now()
    taking.rewrap(object_id=object_id, identity=identity_given(identity), to=to, reason=reason, by=by, at=at)
    click.echo(f"Object {object_id} opens to {to} too.")


@command.command
@click.argument("item", type=click.UUID)
@click.option("--to", "folder", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder.")
@why
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def export(item: UUID, folder: Path, reason: str, user: str) -> None:
    """Take out what is kept about ITEM, encrypted as it lies there, with the keys of police and prosecutor."""
    by, at, vault = find_actor(house=HOUSE, name=user), SystemClock().now(), open_vault(current())
    with progress("objects") as advance:
        done = taking.export(about=item, vault=vault, folder=folder, reason=reason, by=by, at=at, advance=advance)
    click.echo(f"{done:,} objects in {folder}, encrypted; manifest.json says which key opens which.")


@command.command(name="open")
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--identity", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
              help="The recipient's own age identity.")  # fmt: skip
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), required=True, help="A new folder.")
@open_to_operator("it opens what its user was given, with the key that its user holds; plain age does the same")
def open_(folder: Path, identity: Path, to: Path) -> None:
    """Open an export in FOLDER, as the recipient who holds the identity: not a thing that the hotline can do."""
    done = taking.open_exported(folder, identity=identity_given(identity), to=to)
    click.echo(f"{done:,} objects in {to}, not encrypted, readable by you alone.")


@command.command
@click.argument("item", type=click.UUID)
@click.option("--review", type=DAY, required=True, help="The day on which somebody looks at the hold again.")
@why
@as_user
@on_database
@needs(Permission.HOLD_EVIDENCE, house=HOUSE)
def hold(item: UUID, review: datetime, reason: str, user: str) -> None:
    """Keep what there is about ITEM past its term."""
    by, at = find_actor(house=HOUSE, name=user), SystemClock().now()
    id = holding.hold_evidence(about=item, reason=reason, review_on=review.date(), by=by, at=at)
    click.echo(f"Hold {id}: what is kept about {item} stays; to be reviewed on {review.date()}.")


@command.command
@click.argument("item", type=click.UUID)
@why
@as_user
@on_database
@needs(Permission.HOLD_EVIDENCE, house=HOUSE)
def release(item: UUID, reason: str, user: str) -> None:
    """End the hold on ITEM."""
    by = find_actor(house=HOUSE, name=user)
    holding.release_evidence(about=item, reason=reason, by=by, at=SystemClock().now())
    click.echo(f"What is kept about {item} is purged at its term.")


@command.command
@on_database
@as_user
@needs(Permission.RUN_WORK, house=HOUSE)
def purge(user: str) -> None:
    """Purge what is past its term and not held, and sweep what was never written down. Safe to repeat."""
    vault, clock = open_vault(current()), SystemClock()
    with progress("objects") as advance:
        done = purge_expired(vault=vault, forget=forget, by=system_actor(HOUSE, "clock"), clock=clock, advance=advance)
    swept = checking.sweep(vault=vault, houses=current().houses, clock=clock)
    click.echo(f"{done:,} objects purged, {swept:,} that were never written down deleted.")


@command.command
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def check(user: str) -> int:
    """Read every object again and compare it with what was put there (exit code 1: something is wrong)."""
    by, vault = find_actor(house=HOUSE, name=user), open_vault(current())
    total = sum(row["objects"] for row in checking.stats(vault=vault, by=by)[0])
    with progress("objects read", total) as advance:
        found = checking.check_vault(vault=vault, by=by, advance=advance)
    for said, ids in (("is missing", found.missing), ("was changed", found.changed)):
        for id in ids:
            click.echo(f"Object {id} {said}; bring it back from a copy of the vault.")
    click.echo(f"{found.objects:,} objects read, {len(found.missing):,} missing, {len(found.changed):,} changed.")
    return int(bool(found.missing or found.changed))


@command.command
@as_json
@as_user
@on_database
@needs(Permission.MANAGE_VAULT, house=HOUSE)
def stats(as_json: bool, user: str) -> None:
    """Count what is kept, by kind, and show the latest purges with their counts before and after."""
    by = find_actor(house=HOUSE, name=user)
    kinds, counted = checking.stats(vault=open_vault(current()), by=by)
    with acting(by):
        runs = queries.purges(limit=10)
    if as_json:
        told = {"kinds": [_shown(row, KIND_COLUMNS) for row in kinds], "now": counted, "purges": [
            {"began": brussels(run["began_at"]), "ended": brussels(run["ended_at"]), **run["counts"]} for run in runs
        ]}  # fmt: skip
        click.echo(json.dumps(told, indent=2))
        return
    show_table([_shown(row, KIND_COLUMNS) for row in kinds], KIND_COLUMNS)
    vault, books = counted["vault"], counted["books"]
    click.echo(
        f"In the vault: {vault['objects']:,} objects, {vault['bytes']:,} bytes. In the books: {books['objects']:,} "
        f"objects, {books['wraps']:,} keys, {books['tombstones']:,} tombstones."
    )
    if runs:
        show_table([_run(run) for run in runs], PURGE_COLUMNS)


def _run(run: dict[str, Any]) -> dict[str, Any]:
    counts = run["counts"]
    gone = counts["purged"]
    return {
        "began": brussels(run["began_at"]), "ended": brussels(run["ended_at"]), "objects": gone["objects"],
        "keys": gone["wraps"], "bytes": gone["bytes"], "left": counts.get("after", {}).get("vault", {}).get("objects"),
    }  # fmt: skip


def _shown(row: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    found = {name: row[name] for name in columns}
    return {
        name: brussels(value) if isinstance(value, datetime) else str(value) if isinstance(value, UUID) else value
        for name, value in found.items()
    }
