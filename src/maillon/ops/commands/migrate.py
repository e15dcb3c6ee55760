"""`maillon migrate`: bring the tables up to date."""

import click

from maillon.ops import embedded
from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current, migrate


@click.command
@open_to_operator("it makes the houses, before anybody acts in one")
def command() -> None:
    """Bring the tables up to date and found the houses. Safe to repeat."""
    settings = current()
    if settings.embedded:
        embedded.ensure_running(settings.home)
    applied = migrate(settings)
    for name in applied:
        click.echo(name)
    click.echo(f"{len(applied)} migrations applied." if applied else "The tables are up to date.")
