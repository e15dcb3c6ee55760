"""`maillon worker`: hand over, locate and send what is due, until told to stop."""

import click

from maillon.ops import worker
from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current
from maillon.ops.options import on_database


@click.command
@on_database
@open_to_operator("it works as the program itself")
def command() -> None:
    """Work on what is due in every house, until SIGTERM or Ctrl-C."""
    worker.run(current())
