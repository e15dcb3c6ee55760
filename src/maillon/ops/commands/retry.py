"""`maillon retry`: make due again what is stuck, after its cause was removed."""

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database
from maillon.partners.services import retry_stuck


@click.command
@click.option("--reason", required=True, metavar="TEXT", help="What was mended.")
@as_user
@in_house
@on_database
@needs(Permission.RUN_WORK)
def command(reason: str, user: str, house: str) -> None:
    """Try again what is stuck in the house: messages that a partner did not take, and failed handovers."""
    by = find_actor(house=house, name=user)
    messages, handovers = retry_stuck(reason=reason, by=by, at=SystemClock().now())
    click.echo(
        f"{messages:,} messages and {handovers:,} handovers of {house} are due again; maillon drain works on them."
    )
