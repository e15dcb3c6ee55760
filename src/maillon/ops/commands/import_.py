"""`maillon import`: bring reports in from a CSV file."""

import dataclasses
import json
from pathlib import Path

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.importing import COLUMNS, import_reports
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.progress import progress
from maillon.ops.showing import show_bad


@click.command(name="import", help=f"Bring reports in from FILE, a CSV file with the columns {','.join(COLUMNS)}.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and store nothing.")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.IMPORT_REPORTS)
def command(file: Path, dry_run: bool, as_json: bool, user: str, house: str) -> int:
    by = find_actor(house=house, name=user)
    with progress("reports") as advance:
        tally = import_reports(file, by=by, clock=SystemClock(), dry_run=dry_run, advance=advance)
    if as_json:
        click.echo(json.dumps({**dataclasses.asdict(tally), "dry_run": dry_run}, ensure_ascii=False))
    else:
        show_bad(tally.bad)
        would = "would be " if dry_run else ""
        click.echo(
            f"{tally.rows:,} rows: {tally.new:,} {would}new, {tally.known:,} known already, "
            f"{len(tally.bad):,} left out; "
            f"{tally.items:,} new items, {tally.reopened:,} opened again."
        )
    return int(bool(tally.bad))
