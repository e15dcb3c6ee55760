"""`maillon arrivals`: what arrived at the authority, and taking note of it."""

import json
from uuid import UUID

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.authority.inbox.queries import arrivals
from maillon.authority.inbox.services import acknowledge
from maillon.kernel.clock import SystemClock
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting

COLUMNS = ("id", "state", "sender", "kind", "purpose", "severity", "flags", "due")


@click.command
@click.option("--acknowledge", "noted", type=click.UUID, multiple=True, help="Take note of this arrival.")
@as_json
@as_user
@on_database
def command(noted: tuple[UUID, ...], as_json: bool, user: str) -> None:
    """List what arrived at the authority's house, the most urgent first; or take note of some of it."""
    by = find_actor(house="authority", name=user)
    for id in noted:
        acknowledge(id=id, by=by, at=SystemClock().now())
    with acting(by):
        check(by, Permission.LIST_ITEMS)
        found = [
            {
                "id": str(row["id"]),
                "item": str(row["item"]),
                "sender": row["sender"],
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
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)
