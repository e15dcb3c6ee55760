"""`maillon user`: accounts from invitation to leaving, their training, clearances and keys."""

import json
import os
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click
import pyrage
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import override

from maillon.access.clearances import LABELS, end_clearance, give_clearance
from maillon.access.models import Login
from maillon.access.permissions import Permission
from maillon.access.queries import clearances, find_actor, people
from maillon.access.services import add_person, give_sign_in, record_training, set_recipient
from maillon.kernel.clock import SystemClock, brussels_day
from maillon.kernel.errors import BadInput
from maillon.ops.declaring import needs
from maillon.ops.lives import LIVES, ROLES
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.showing import show_table
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row

new_key = click.option(
    "--new-key", type=click.Path(dir_okay=False, path_type=Path), help="Make a key; its secret half goes to this file."
)
recipient = click.option("--recipient", default="", metavar="age1…", help="The person's age public key.")


@click.group
def command() -> None:
    """Make and end accounts, give them keys, clearances and a sign-in, record their training."""


for life in LIVES:
    command.add_command(life)


@command.command
@click.argument("name")
@click.option("--organisation", required=True, help="Its id, or its kind: child-focus or hotline, federal-police, …")
@click.option("--role", "roles", multiple=True, required=True, help=f"One or more. {ROLES}.")
@click.option("--password", "password", is_flag=True, help="Ask for a password, so that the person can sign in.")
@recipient
@new_key
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def add(
    name: str,
    organisation: str,
    roles: tuple[str, ...],
    password: bool,
    recipient: str,
    new_key: Path | None,
    user: str,
    house: str,
) -> None:
    """Make the account NAME. Lists are written only to its key (--recipient or --new-key, or later: user key)."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    secret = click.prompt("Password", hide_input=True, confirmation_prompt=True) if password else ""
    if secret:
        _refuse_weak(secret, name)
    key = _made(new_key) if new_key else recipient
    add_person(name=name, organisation=organisation, roles=roles, recipient=key, by=by, at=at)
    if secret:
        give_sign_in(person=name, password=secret, by=by)
    click.echo(f"{name} may act in {house} as {', '.join(roles)}.")


@command.command
@click.argument("name")
@recipient
@new_key
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def key(name: str, recipient: str, new_key: Path | None, user: str, house: str) -> None:
    """Set the age key to which lists for NAME are encrypted."""
    if bool(recipient) == bool(new_key):
        raise BadInput("Give either the person's public key with --recipient, or a file for a new one with --new-key.")
    given = _made(new_key) if new_key else recipient
    set_recipient(person=name, recipient=given, by=find_actor(house=house, name=user), at=SystemClock().now())
    click.echo(f"What is written for {name} is encrypted to {given}.")


@command.command
@click.argument("name")
@click.option("--course", required=True)
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]))
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def train(name: str, course: str, start: date, until: date, user: str, house: str) -> None:
    """Record that NAME had a course, in force from a day until another."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    days = [date(d.year, d.month, d.day) for d in (start, until)]
    record_training(person=name, course=course, valid_from=days[0], valid_until=days[1], by=by, at=at)
    click.echo(f"{name}: {course}, in force from {days[0]} until {days[1]}.")


@command.command
@click.argument("name")
@click.argument("label", type=click.Choice(list(LABELS)))
@click.option("--from", "start", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]))
@click.option("--reason", required=True, metavar="TEXT")
@as_user
@in_house
@on_database
@needs(Permission.GIVE_CLEARANCE)
def clear(name: str, label: str, start: datetime, until: datetime, reason: str, user: str, house: str) -> None:
    """Let NAME be shown what demands the clearance LABEL, from a day until another."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    give_clearance(
        person=name, label=label, valid_from=start.date(), valid_until=until.date(), reason=reason, by=by, at=at
    )
    click.echo(f"{name}: {label}, from {start.date()} until {until.date()}.")


@command.command
@click.argument("name")
@click.argument("label", type=click.Choice(list(LABELS)))
@click.option("--reason", required=True, metavar="TEXT")
@as_user
@in_house
@on_database
@needs(Permission.GIVE_CLEARANCE)
def unclear(name: str, label: str, reason: str, user: str, house: str) -> None:
    """End the clearance LABEL of NAME at once."""
    by = find_actor(house=house, name=user)
    end_clearance(person=name, label=label, reason=reason, by=by, at=SystemClock().now())
    click.echo(f"{name} is shown nothing any more that demands {label}.")


@command.command(name="list")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_ACCOUNTS)
def list_(as_json: bool, user: str, house: str) -> None:
    """List the accounts of the house."""
    with acting(find_actor(house=house, name=user)):
        held = clearances(on=brussels_day(SystemClock().now()))
        found = [{**row, "clearances": _held(row["name"], held)} for row in people()]
    if as_json:
        click.echo(json.dumps(found, indent=2))
    else:
        show_table(found, ("name", "organisation", "roles", "clearances", "active", "recipient"))


def _refuse_weak(password: str, name: str) -> None:
    with override("en"):  # as every command speaks
        try:
            validate_password(password, Login(username=name))
        except ValidationError as error:
            raise BadInput(" ".join(error.messages)) from error


def _held(name: str, held: Sequence[Row]) -> list[str]:
    """The clearances of one account as texts, each with its days."""
    return [f"{c['label']} {c['valid_from']} to {c['valid_until']}" for c in held if c["person"] == name]


def _made(path: Path) -> str:
    """A new age key pair: the secret half into `path` (a new file), the public half returned."""
    identity = pyrage.x25519.Identity.generate()
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise BadInput(f"{path} cannot be made: {error.strerror}; name a new file.") from error
    with os.fdopen(descriptor, "w") as file:
        file.write(f"# public key: {identity.to_public()}\n{identity}\n")
    return str(identity.to_public())
