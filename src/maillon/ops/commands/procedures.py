"""`maillon procedures`: how justice, the hotline and the providers agreed to carry out measures."""

import json
from datetime import datetime
from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.authority.decision import procedures as kept
from maillon.authority.decision.policy import PROVIDERS
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import show_table
from maillon.outbox.acting import acting

COLUMNS = ("id", "kind", "name", "parties", "agreed_on", "valid_from", "valid_until", "source")
DAY = click.DateTime(["%Y-%m-%d"])


@click.group
def command() -> None:
    """Record, end and list the agreed procedures; without one in force no measure can be recorded."""


@command.command
@click.option("--kind", type=click.Choice(sorted(PROVIDERS)), required=True, help="What it carries out.")
@click.option("--name", required=True, help="What people call it.")
@click.option("--party", "parties", multiple=True, default=kept.PARTIES, show_default=True, help="Who agreed.")
@click.option("--agreed", type=DAY, required=True, help="The day of the agreement.")
@click.option("--from", "start", type=DAY, required=True, help="The first day on which it is in force.")
@click.option("--until", type=DAY, help="The first day on which it no longer is.")
@click.option("--source", required=True, help="Where the agreement can be read.")
@as_user
@on_database
@needs(Permission.MANAGE_PROCEDURES, house="authority")
def record(
    kind: str, name: str, parties: tuple[str, ...], agreed: datetime, start: datetime, until: datetime | None,
    source: str, user: str,
) -> None:  # fmt: skip
    """Record what justice, the hotline and the providers agreed."""
    id = kept.record_procedure(
        kind=kind, name=name, parties=parties, agreed_on=agreed.date(), valid_from=start.date(),
        valid_until=until.date() if until else None, source=source, by=find_actor(house="authority", name=user),
        at=SystemClock().now(),
    )  # fmt: skip
    click.echo(f"Procedure {id} is in force from {start.date()} on.")


@command.command
@click.argument("procedure", type=click.UUID)
@click.option("--on", type=DAY, required=True, help="The first day on which it is no longer in force.")
@click.option("--reason", required=True, metavar="TEXT", help="Why it ends.")
@as_user
@on_database
@needs(Permission.MANAGE_PROCEDURES, house="authority")
def end(procedure: UUID, on: datetime, reason: str, user: str) -> None:
    """End PROCEDURE: what was recorded under it stands under its orders."""
    by = find_actor(house="authority", name=user)
    kept.end_procedure(id=procedure, on=on.date(), reason=reason, by=by, at=SystemClock().now())
    click.echo(f"Procedure {procedure} ends on {on.date()}.")


@command.command(name="list")
@as_json
@as_user
@on_database
@needs(Permission.MANAGE_PROCEDURES, house="authority")
def list_(as_json: bool, user: str) -> None:
    """List the procedures, the latest first."""
    with acting(find_actor(house="authority", name=user)):
        found = [
            {key: str(row[key]) if row[key] is not None and key != "parties" else row[key] for key in COLUMNS}
            for row in kept.procedures()
        ]
    click.echo(json.dumps(found, indent=2, ensure_ascii=False)) if as_json else show_table(found, COLUMNS)
