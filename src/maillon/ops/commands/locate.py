"""`maillon locate`: a person states where an item is hosted."""

from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.observation.services import state_location
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database


@click.command
@click.argument("item", type=click.UUID)
@click.option("--country", required=True, help="ISO 3166-1 code, such as BE; or: undetermined.")
@click.option("--reason", required=True, metavar="TEXT", help="What the statement rests on.")
@as_user
@in_house
@on_database
@needs(Permission.STATE_LOCATION)
def command(item: UUID, country: str, reason: str, user: str, house: str) -> None:
    """State the country in which ITEM is hosted. Earlier locations stay; the item is routed anew."""
    by = find_actor(house=house, name=user)
    state_location(item_id=item, country=country, statement=reason, by=by, at=SystemClock().now())
    click.echo(f"Item {item} is stated to be hosted in {country}; maillon drain sends it to whoever must act.")
