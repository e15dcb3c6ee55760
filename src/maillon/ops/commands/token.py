"""`maillon token`: the keys with which programs of partner organisations use the API."""

import json
from datetime import timedelta
from uuid import UUID

import click
from django.conf import settings

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.access.tokens import LASTS, RIGHTS, make_token, revoke_token, token_key, tokens
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.showing import brussels, show_table

COLUMNS = ("id", "organisation", "label", "rights", "made_by", "made_at", "expires_at", "revoked_at")


@click.group
def command() -> None:
    """Give partner organisations keys to the API, and take them back."""


@command.command
@click.argument("organisation")
@click.option("--label", required=True, metavar="TEXT", help="Where it is used, to tell it from the others.")
@click.option("--days", type=click.IntRange(min=1), default=LASTS.days, show_default=True, help="How long it opens.")
@click.option(
    "--for",
    "rights",
    type=click.Choice(list(RIGHTS)),
    multiple=True,
    default=["report"],
    show_default=True,
    help="For what it is; again for several.",
)
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_TOKENS)
def add(organisation: str, label: str, days: int, rights: tuple[str, ...], user: str, house: str) -> None:
    """Make a token for programs of ORGANISATION, and print it: it is shown this once."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    lasts, key = timedelta(days=days), token_key(settings.SECRET_KEY)
    made = make_token(organisation=organisation, label=label, lasts=lasts, rights=rights, key=key, by=by, at=at)
    click.echo(f"Token {made.id} of {organisation}; hand it over safely, it is not shown again:", err=True)
    click.echo(made.text)


@command.command
@click.argument("token", type=click.UUID)
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_TOKENS)
def revoke(token: UUID, user: str, house: str) -> None:
    """Let TOKEN (its id) open nothing from now on."""
    revoke_token(id=token, by=find_actor(house=house, name=user), at=SystemClock().now())
    click.echo(f"Token {token} opens nothing any more.")


@command.command(name="list")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_TOKENS)
def list_(as_json: bool, user: str, house: str) -> None:
    """List the tokens: whose they are and until when; never their text."""
    moments = ("made_at", "expires_at", "revoked_at")
    found = [
        {
            **row,
            "id": str(row["id"]),
            "rights": ", ".join(row["rights"]),
            **{name: brussels(row[name]) for name in moments},
        }
        for row in tokens(by=find_actor(house=house, name=user))
    ]
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)
