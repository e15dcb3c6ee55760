"""`maillon refused`: what partners refused, and saying what becomes of it."""

import json
from uuid import UUID

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.hotline.referral.listing import referrals_by_term
from maillon.hotline.referral.refusals import WAYS, settle_refused
from maillon.hotline.referral.states import Referral
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting

COLUMNS = ("id", "partner", "purpose", "due", "refusal")
MOST = 200


@click.command
@click.argument("referral", type=click.UUID, required=False)
@click.option("--how", type=click.Choice(WAYS), help="The federal police gets it instead, or it is closed.")
@click.option("--reason", default="", metavar="TEXT", help="Why; it is kept with the change.")
@as_json
@as_user
@on_database
@needs(Permission.LIST_REFERRALS, house="hotline")
def command(referral: UUID | None, how: str | None, reason: str, as_json: bool, user: str) -> None:
    """List the referrals that a partner refused, nearest term first; or say what becomes of REFERRAL."""
    by = find_actor(house="hotline", name=user)
    if referral is not None:
        settle_refused(referral_id=referral, how=how or "", reason=reason, by=by, at=SystemClock().now())
    with acting(by):
        check(by, Permission.LIST_REFERRALS)
        found = [
            {
                "id": str(row["id"]),
                "partner": row["partner"],
                "purpose": "callback" if row["recalls"] else row["purpose"],
                "due": brussels(row["due_at"]),
                "refusal": row["refusal"],
            }
            for row in referrals_by_term(states=[Referral.REFUSED], limit=MOST)
        ]
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)
