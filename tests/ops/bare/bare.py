"""A command that declares nothing, for `tests.ops.undeclared`."""

import click


@click.command
def command() -> None:
    """Do nothing."""
