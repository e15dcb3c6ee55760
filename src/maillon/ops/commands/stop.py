"""`maillon stop`: stop the embedded database."""

import os

import click

from maillon.ops import embedded
from maillon.ops.declaring import open_to_operator
from maillon.settings import load


@click.command
@open_to_operator("it stops what it started")
def command() -> None:
    """Stop the embedded database of this installation; its data stay."""
    settings = load(os.environ)
    if not settings.embedded:
        click.echo("DATABASE_URL is set: the server it names is not stopped from here.")
    elif embedded.stop(settings.home):
        click.echo("The embedded database is stopped.")
    else:
        click.echo("The embedded database was not running.")
