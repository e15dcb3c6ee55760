"""`maillon settings`: what this installation runs with."""

import json
import os

import click

from maillon.ops.declaring import open_to_operator
from maillon.ops.options import as_json
from maillon.settings import SECRET_NAMES, TABLE, load, markdown


@click.command
@click.option("--markdown", "as_markdown", is_flag=True, help="Print the page docs/settings.md.")
@as_json
@open_to_operator("it shows settings, and no secret")
def command(as_markdown: bool, as_json: bool) -> None:
    """Show the settings in force, passwords and keys excepted."""
    if as_markdown:
        click.echo(markdown(), nl=False)
        return
    load(os.environ)
    facts = [
        {
            "name": row.name,
            "value": shown(row.name, row.default),
            "given": row.name in os.environ,
            "doc": row.doc,
        }
        for row in TABLE
    ]
    if as_json:
        click.echo(json.dumps(facts, indent=2))
        return
    for fact in facts:
        click.echo(f"{fact['name']} = {fact['value'] or '(not set)'}\n    {fact['doc']}")


def shown(name: str, default: str | None) -> str | None:
    given = os.environ.get(name)
    if given and name in SECRET_NAMES:
        return "(given)"
    return given or (default and default.replace("{home}", os.environ.get("MAILLON_HOME") or ".maillon"))
