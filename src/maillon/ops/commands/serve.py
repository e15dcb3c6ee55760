"""`maillon serve`: the site and the workers."""

import os

import click

from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current
from maillon.ops.installations import is_demo
from maillon.ops.serve import demo, ready, serve


@click.command
@open_to_operator("it serves the site, where everybody signs in")
def command() -> None:
    """Serve the site and run the workers, until Ctrl-C."""
    with ready(current()):
        serve(current(), os.environ, demo(current()) if is_demo() else None)
