"""`maillon serve`: the site and the workers."""

import os

import click

from maillon.ops.installation import current
from maillon.ops.serve import borrowed_database, serve


@click.command
def command() -> None:
    """Serve the site and run the workers, until Ctrl-C."""
    with borrowed_database(current()):
        serve(current(), os.environ, None)
