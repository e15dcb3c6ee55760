"""`maillon provider`: state where a provider is established, the second of the two keys that route a report."""

from datetime import datetime

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.directory.services import state_provider
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database
from maillon.rules.table import BASES


@click.command
@click.argument("asn", type=click.IntRange(1, 2**32 - 1))
@click.option("--name", required=True, help="The provider's name.")
@click.option("--country", required=True, help="ISO 3166-1 code of the country in which it is established.")
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Since when.")
@click.option("--source", required=True, help="Where this stands: a register, a letter, a page.")
@click.option("--basis", type=click.Choice(BASES), default="assumed", show_default=True, help="read: somebody read it.")
@as_user
@in_house
@on_database
@needs(Permission.STATE_PROVIDER)
def command(asn: int, name: str, country: str, start: datetime, source: str, basis: str, user: str, house: str) -> None:
    """State that the provider announcing the network ASN is established in a country, from a day on."""
    by = find_actor(house=house, name=user)
    check(by, Permission.STATE_PROVIDER)
    state_provider(
        by=by,
        asn=asn,
        name=name,
        country=country.upper(),
        valid_from=start.date(),
        source=source,
        basis=basis,
        at=SystemClock().now(),
    )
    click.echo(f"AS{asn} ({name}) is established in {country.upper()} from {start.date()} on.")
