"""`maillon restore`: the database of a backup in the place of the present one."""

from pathlib import Path

import click

from maillon.ops.backup import restore
from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current


@click.command
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--epoch", type=click.IntRange(min=2), help="Of a machine made anew: one more than its peers knew.")
@click.confirmation_option(prompt="What was stored since the backup goes. Go on?")
@open_to_operator("it replaces the whole database, as whoever has the machine in hand could")
def command(file: Path, epoch: int | None) -> None:
    """Put the database that FILE holds in the place of the present one. Maillon must be stopped."""
    done = restore(current(), file.absolute(), epoch=epoch)
    click.echo(f"{file} is restored. The installation is in epoch {done.epoch} now (before: {done.before}).")
    click.echo("Start Maillon: its peers send again what it no longer has, and list what it no longer knows it sent.")
