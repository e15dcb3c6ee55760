"""`maillon fetch`: have an item's content fetched."""

from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.observation.fetches import PURPOSES, request_fetch
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database


@click.command
@click.argument("item", type=click.UUID)
@click.option("--purpose", required=True, type=click.Choice(PURPOSES), help="What it is fetched for; kept on record.")
@click.option("--referrer", default="", metavar="URL", help="The page that led there, as the server is told.")
@as_user
@in_house
@on_database
@needs(Permission.FETCH)
def command(item: UUID, purpose: str, referrer: str, user: str, house: str) -> None:
    """Have the content of ITEM fetched into the vault, while it is under assessment; nothing is shown by it."""
    by = find_actor(house=house, name=user)
    request_fetch(item_id=item, purpose=purpose, referrer=referrer, by=by, at=SystemClock().now())
    click.echo(f"Item {item} will be fetched; maillon captures {item} says what came, once a worker or drain did it.")
