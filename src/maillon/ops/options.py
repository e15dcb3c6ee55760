"""Options that commands share, so that they read and mean the same everywhere."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

import click

from maillon.kernel.errors import BadInput
from maillon.ops.installation import current, prepare
from maillon.settings import HOUSES

P = ParamSpec("P")
R = TypeVar("R")


def house_here(context: click.Context, option: click.Parameter, house: str) -> str:
    if house not in current().houses:
        raise BadInput(f"This installation does not run the house {house}; add it to MAILLON_HOUSES.")
    return house


as_user = click.option(
    "--as", "user", metavar="USER", default="operator", show_default=True, help="The account that acts."
)
in_house = click.option(
    "--house", type=click.Choice(HOUSES), default="hotline", show_default=True, callback=house_here,
    help="The house in which it acts.",
)  # fmt: skip
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def on_database(command: Callable[P, R]) -> Callable[P, R]:
    """Have the database answer, with its tables up to date, before `command` runs; `--help` needs none."""

    @wraps(command)
    def ready(*args: P.args, **kwargs: P.kwargs) -> R:
        prepare(current())
        return command(*args, **kwargs)

    return ready


def listing(command: Callable[P, R]) -> Callable[P, R]:
    """The options of a command that takes out a list of addresses."""
    reason = click.option("--reason", default="", metavar="TEXT", help="Why; needed outside the demo world.")
    output = click.option(
        "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file, readable by you alone."
    )
    return reason(output(command))
