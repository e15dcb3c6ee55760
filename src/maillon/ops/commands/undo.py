"""`maillon undo`: stop a referral within the grace."""

from uuid import UUID

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.hotline.referral.services import undo_referral
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database


@click.command
@click.argument("referral", type=click.UUID)
@click.option("--reason", required=True, metavar="TEXT", help="Why it must not go out.")
@as_user
@in_house
@on_database
@needs(Permission.UNDO_REFERRAL)
def command(referral: UUID, reason: str, user: str, house: str) -> None:
    """Stop REFERRAL while its grace runs; once it is on its way, only a changed assessment calls it back."""
    undo_referral(id=referral, reason=reason, by=find_actor(house=house, name=user), at=SystemClock().now())
    click.echo(f"Referral {referral} is undone; nothing of it leaves the house.")
