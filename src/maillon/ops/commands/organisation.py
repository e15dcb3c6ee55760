"""`maillon organisation`: the organisations that a house knows."""

import json

import click

from maillon.access.queries import find_actor, organisations
from maillon.access.services import add_organisation
from maillon.kernel.clock import SystemClock
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.showing import show_table
from maillon.outbox.acting import acting


@click.group
def command() -> None:
    """Make and list the organisations to which accounts and tokens belong."""


@command.command
@click.argument("id")
@click.option("--kind", required=True, help="What it is in the chain: partner, hotline, federal_police, …")
@click.option("--name", required=True, help="What people call it.")
@as_user
@in_house
@on_database
def add(id: str, kind: str, name: str, user: str, house: str) -> None:
    """Make the organisation ID."""
    add_organisation(id=id, kind=kind, name=name, by=find_actor(house=house, name=user), at=SystemClock().now())
    click.echo(f"{house} knows {id} ({name}).")


@command.command(name="list")
@as_json
@as_user
@in_house
@on_database
def list_(as_json: bool, user: str, house: str) -> None:
    """List the organisations of the house."""
    with acting(find_actor(house=house, name=user)):
        found = organisations()
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, ("id", "kind", "name"))
