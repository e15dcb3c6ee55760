"""`maillon run`: the demo world, served."""

import os

import click

from maillon.ops.commands import demo as world
from maillon.ops.declaring import open_to_operator
from maillon.ops.installation import current
from maillon.ops.serve import demo, ready, serve


@click.command
@click.pass_context
@open_to_operator("it serves the demo world")
def command(context: click.Context) -> None:
    """Serve the demo world, made on first use, until Ctrl-C."""
    with ready(current()):
        context.invoke(world.command)
        serve(current(), os.environ, demo(current()))
