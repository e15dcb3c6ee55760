"""`maillon assess`: bring assessments in from a CSV file."""

import dataclasses
import json
from pathlib import Path

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.assessing import COLUMNS, import_assessments
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.progress import progress
from maillon.ops.showing import show_bad


@click.command(help=f"Record the assessments in FILE, a CSV file with the columns {','.join(COLUMNS)}.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@as_user
@in_house
@on_database
@needs(Permission.ENTER_FOR_OTHERS, Permission.ASSESS, Permission.ASSESS_FOR_POLICE)
def command(file: Path, as_json: bool, user: str, house: str) -> int:
    by = find_actor(house=house, name=user)
    with progress("assessments") as advance:
        tally = import_assessments(file, by=by, clock=SystemClock(), advance=advance)
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(tally), ensure_ascii=False))
    else:
        show_bad(tally.bad)
        click.echo(
            f"{tally.rows:,} rows: {tally.assessed:,} opinions new, {tally.changed:,} changed, "
            f"{tally.unchanged:,} known already, {len(tally.bad):,} rows left out."
        )
    return int(bool(tally.bad))
