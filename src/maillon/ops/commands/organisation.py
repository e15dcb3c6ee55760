"""`maillon organisation`: the organisations that a house knows."""

import json

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor, organisations
from maillon.access.services import add_organisation, set_mail
from maillon.kernel.clock import SystemClock
from maillon.languages import LANGUAGES
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.showing import show_table
from maillon.outbox.acting import acting

SPOKEN = click.option(
    "--language",
    type=click.Choice([language.code for language in LANGUAGES]),
    default=LANGUAGES[0].code,
    show_default=True,
    help="The language of its mails.",
)


@click.group
def command() -> None:
    """Make and list the organisations to which accounts and tokens belong."""


@command.command
@click.argument("id")
@click.option("--kind", required=True, help="What it is in the chain: partner, hotline, federal_police, …")
@click.option("--name", required=True, help="What people call it.")
@click.option("--mail", default="", help="Where it is told that something waits in its portal.")
@SPOKEN
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def add(id: str, kind: str, name: str, mail: str, language: str, user: str, house: str) -> None:
    """Make the organisation ID."""
    by = find_actor(house=house, name=user)
    add_organisation(id=id, kind=kind, name=name, mail=mail, language=language, by=by, at=SystemClock().now())
    click.echo(f"{house} knows {id} ({name}).")


@command.command
@click.argument("id")
@click.argument("address")
@SPOKEN
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def mail(id: str, address: str, language: str, user: str, house: str) -> None:
    """Tell the organisation ID at ADDRESS ("" for nowhere) that something waits in its portal."""
    by = find_actor(house=house, name=user)
    set_mail(id=id, mail=address, language=language, by=by, at=SystemClock().now())
    click.echo(f"{id} is told at {address}." if address else f"{id} is told nowhere.")


@command.command(name="list")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def list_(as_json: bool, user: str, house: str) -> None:
    """List the organisations of the house."""
    with acting(find_actor(house=house, name=user)):
        found = organisations()
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, ("id", "kind", "name"))
