"""`maillon run`: the demo world, served."""

import os
from importlib import import_module

import click

from maillon.demo.accounts import ACCOUNTS
from maillon.ops.installation import current
from maillon.ops.serve import Demo, borrowed_database, free_address, serve

LOOPBACK = "127.0.0.1"


@click.command
@click.pass_context
def command(context: click.Context) -> None:
    """Serve the demo world, made on first use, until Ctrl-C."""
    lines = tuple(
        f"  {account.name} / {account.password}   ({account.house}: {account.description})" for account in ACCOUNTS
    )
    with borrowed_database(current()):
        context.invoke(import_module("maillon.ops.commands.demo").command)
        serve(current(), os.environ, Demo(resolver=free_address(LOOPBACK), lines=lines))
