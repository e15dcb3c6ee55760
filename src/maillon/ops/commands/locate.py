"""`maillon locate`: a person states where an item is hosted, or what lies behind its delivery network."""

from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from maillon.observation.origins import TOLD_BY, ToldBy, state_origin
from maillon.observation.services import state_location
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database


@click.command
@click.argument("item", type=click.UUID)
@click.option("--country", help="ISO 3166-1 code, such as BE; or: undetermined.")
@click.option("--origin", metavar="ADDRESS", help="The IP address behind the delivery network, instead of a country.")
@click.option("--told-by", type=click.Choice(TOLD_BY), default="person", show_default=True, help="Who told the origin.")
@click.option("--reason", required=True, metavar="TEXT", help="What the statement rests on.")
@as_user
@in_house
@on_database
@needs(Permission.STATE_LOCATION)
def command(
    item: UUID, country: str | None, origin: str | None, told_by: ToldBy, reason: str, user: str, house: str
) -> None:
    """State the country in which ITEM is hosted, or its origin. Earlier locations stay; the item is routed anew."""
    if bool(country) == bool(origin):
        raise BadInput("State either --country or --origin.")
    by, at = find_actor(house=house, name=user), SystemClock().now()
    if origin:
        state_origin(item_id=item, address=origin, told_by=told_by, statement=reason, by=by, at=at)
        click.echo(f"Item {item} is stated to lie at {origin}; maillon drain locates it by that.")
    elif country:
        state_location(item_id=item, country=country, statement=reason, by=by, at=at)
        click.echo(f"Item {item} is stated to be hosted in {country}; maillon drain sends it to whoever must act.")
