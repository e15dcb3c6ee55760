"""`maillon contacts`: whom to write to about abuse where an item is, as registration data (RDAP) say."""

import json
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import MaillonError
from maillon.observation.answers import FROZEN, REFRESHED
from maillon.observation.contacts import contacts_of, request_contact
from maillon.ops.declaring import needs, open_to_operator
from maillon.ops.installation import current
from maillon.ops.options import as_user, in_house, on_database
from maillon.outbox.acting import acting


class NoBootstrap(MaillonError):
    """IANA's files could not be had."""


@click.group
def command() -> None:
    """Ask registries for the abuse contact of an item; show which registry answers for what."""


@command.command
@click.argument("item", type=click.UUID)
@as_user
@in_house
@on_database
@needs(Permission.STATE_LOCATION)
def ask(item: UUID, user: str, house: str) -> None:
    """Ask whom to write to about abuse at the address of ITEM; the workers put the question."""
    by = find_actor(house=house, name=user)
    request_contact(item_id=item, by=by, at=SystemClock().now())
    click.echo(f"The registries are asked about item {item}; maillon drain, then: maillon contacts show {item}")


@command.command
@click.argument("item", type=click.UUID)
@as_user
@in_house
@on_database
@needs(Permission.LIST_ITEMS)
def show(item: UUID, user: str, house: str) -> None:
    """Print what registries answered about ITEM, the latest question first."""
    by = find_actor(house=house, name=user)
    check(by, Permission.LIST_ITEMS)
    with acting(by):
        found = contacts_of(item_id=item)
    for row in found:
        named = f"{row['mail']} ({row['name']}), by {row['found_by']}" if row["mail"] else "no mailbox"
        click.echo(f"{row['asked_at']:%Y-%m-%d %H:%M}  {row['state']}  {named}")
        for one in row["tried"]:
            click.echo(f"  {one['by']} {one['asked']}: {one['outcome']} {one['server']}")
    if not found:
        click.echo("Nobody has asked yet; maillon contacts ask does.")


@command.command
@click.option("--refresh", is_flag=True, help="Take IANA's files anew, over HTTPS.")
@open_to_operator("it shows and refreshes public reference data of the installation")
def bootstrap(refresh: bool) -> None:
    """Show which files say which registry answers for what, and how old they are."""
    from maillon.observation.rdap import read_bootstrap  # slow to load

    kept = current().home / REFRESHED
    if refresh:
        _refresh(kept)
    path = kept if kept.exists() else FROZEN
    read_bootstrap(path)
    said = json.loads(path.read_text(encoding="utf-8"))
    click.echo(f"{path}, of {datetime.fromtimestamp(said['timestamp'], UTC):%Y-%m-%d}")
    for name in ("ipv4", "ipv6", "asn", "dns"):
        click.echo(f"  {name:5} published {said[name].get('publication', '')[:10]}")


def _refresh(path: Path) -> None:
    """Write IANA's files, whole or not at all. Raises NoBootstrap."""
    from whoisit.bootstrap import Bootstrap  # slow to load

    logging.getLogger("urllib3").setLevel(logging.ERROR)  # it tells of every attempt
    found = Bootstrap()
    try:
        found.bootstrap(overrides=True)
        text = str(found.save_bootstrap_data())
    except Exception as error:
        raise NoBootstrap(
            f"IANA's files could not be had ({type(error).__name__}); what was kept stays. Try again where the "
            "internet is reached, or lay the file of another installation at " + str(path) + "."
        ) from error
    part = path.with_suffix(".part")
    part.write_text(text + "\n", encoding="utf-8")
    os.replace(part, path)
