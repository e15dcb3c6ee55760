"""`maillon state-figures`: the authority states a year's figures to the hotline."""

import json

import click

from maillon.access.permissions import Permission
from maillon.access.queries import find_actor
from maillon.insight.authority_year import authority_figures
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, on_database
from maillon.partners.statements import state_figures


@click.command
@click.argument("year", type=int)
@as_json
@as_user
@on_database
@needs(Permission.SEND_FIGURES, house="authority")
def command(year: int, as_json: bool, user: str) -> None:
    """Count the figures of YEAR in the authority's house as they are now, and state them to the hotline.

    Stated again, they replace what was stated before. It takes somebody who may state figures (see --as).
    """
    by = find_actor(house="authority", name=user)
    found = authority_figures(year=year, by=by)
    state_figures(year=year, figures=found, by=by, at=SystemClock().now())
    click.echo(json.dumps(found, indent=2) if as_json else f"The figures of {year} are stated: {len(found)} numbers.")
