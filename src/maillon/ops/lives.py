"""The commands of an account's life: invited, a device lost, locked, left. They stand under `maillon user`."""

from typing import Any

import click
from django.conf import settings
from django.urls import reverse

from maillon.access.devices import lose_device
from maillon.access.invitations import Link, invitation_key, invite_again
from maillon.access.invitations import invite as invite_person
from maillon.access.leaving import leave
from maillon.access.locking import unlock
from maillon.access.permissions import HOUSE_ROLES, Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_user, in_house, on_database

ROLES = "; ".join(f"{house}: {', '.join(roles)}" for house, roles in HOUSE_ROLES.items())
reason = click.option("--reason", required=True, metavar="TEXT", help="Why; it stays on record.")


@click.command
@click.argument("name")
@click.option("--organisation", default="", help="Its id, or its kind; needed for a new account.")
@click.option("--role", "roles", multiple=True, help=f"One or more, for a new account. {ROLES}.")
@click.option("--again", is_flag=True, help="A new link for an account that has none that opens.")
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def invite(name: str, organisation: str, roles: tuple[str, ...], again: bool, user: str, house: str) -> None:
    """Make the account NAME, and print the link with which its person sets up their sign-in."""
    given: dict[str, Any] = {**_by(user, house), "key": invitation_key(settings.SECRET_KEY)}
    if again:
        _print_link(invite_again(person=name, **given))
    else:
        _print_link(invite_person(name=name, organisation=organisation, roles=roles, **given))


@click.command
@click.argument("name")
@reason
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def device(name: str, reason: str, user: str, house: str) -> None:
    """Take away the lost devices, the password and the sessions of NAME, and print a link to begin anew."""
    key = invitation_key(settings.SECRET_KEY)
    _print_link(lose_device(person=name, reason=reason, key=key, **_by(user, house)))


@click.command(name="unlock")
@click.argument("name")
@reason
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def unlock_(name: str, reason: str, user: str, house: str) -> None:
    """Let NAME try again before the lock ends by itself."""
    unlock(person=name, reason=reason, **_by(user, house))
    click.echo(f"{name} may sign in again.")


@click.command(name="leave")
@click.argument("name")
@reason
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def leave_(name: str, reason: str, user: str, house: str) -> None:
    """End the account NAME at once, with its sessions, devices, links and clearances."""
    leave(person=name, reason=reason, **_by(user, house))
    click.echo(f"{name} acts in {house} no more.")


LIVES: tuple[click.Command, ...] = (invite, device, unlock_, leave_)


def _by(user: str, house: str) -> dict[str, Any]:
    """Who acts, and now."""
    return {"by": find_actor(house=house, name=user), "at": SystemClock().now()}


def _print_link(link: Link) -> None:
    """The link alone on stdout, so that it can be passed on; what there is to say of it beside it."""
    click.echo(f"{settings.MAILLON.site}{reverse('invitation', kwargs={'text': link.text})}")
    click.echo(f"Give it to {link.person} alone; it works once, until {link.until:%Y-%m-%d %H:%M} UTC.", err=True)
