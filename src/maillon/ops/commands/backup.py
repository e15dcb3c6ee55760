"""`maillon backup`: the whole database in one file."""

from pathlib import Path

import click

from maillon.ops.backup import back_up
from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current


@click.command
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@open_to_operator("it copies the whole database, as whoever has the machine in hand could")
def command(file: Path) -> None:
    """Write the database into FILE, a new one that only you can read; the site may run meanwhile.

    It is not encrypted: keep it on a disk that is.
    The keys in MAILLON_HOME/keys are not in it: copy them once, and keep them apart from the backups. Nor is the
    evidence vault (MAILLON_VAULT): copy it after the database, and no longer than evidence may be kept.
    """
    size = back_up(current(), file.absolute())
    click.echo(f"{file}: {size:,} bytes, not encrypted, readable by you alone.")
    click.echo(f"Keep a copy of {current().keys} elsewhere; it is not in the file.")
    click.echo(f"Nor is the evidence in {current().vault}, encrypted: copy it next.")
