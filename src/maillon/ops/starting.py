"""Before anything is served: every address, every operation of the API and every command says what it takes."""

import click
from django.core.checks import Tags, run_checks

from maillon.ops.cli import maillon
from maillon.ops.declaring import Declared, Undeclared, declarations


def declared() -> Declared:
    """What each command declares, by its words; every one is imported. Raises Undeclared where one declares nothing."""
    context, found = click.Context(maillon), Declared()
    for name in maillon.list_commands(context):
        command = maillon.get_command(context, name)
        assert command is not None
        found |= declarations(name, command)
    return found


def refuse_undeclared() -> None:
    """Raise Undeclared where anything that can be asked of the program says nothing of what it takes."""
    declared()
    wrong = [error.msg for error in run_checks(tags=[Tags.urls]) if error.id == "web.E001"]
    if wrong:
        raise Undeclared(f"{' '.join(wrong)} Nothing is served.")
