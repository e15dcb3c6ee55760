"""`maillon drain`: work until nothing is due."""

import json
import threading
from contextlib import closing

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs
from maillon.ops.installation import current
from maillon.ops.installations import is_demo, waiting
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.progress import progress
from maillon.ops.work import Tally, drain, grace_left, tools


@click.command
@click.option("--now", is_flag=True, help="Do not wait for the grace (30 seconds) before sending.")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.RUN_WORK)
def command(now: bool, as_json: bool, user: str, house: str) -> None:
    """Locate, hand over, send and escalate until nothing is due, in every house of this installation."""
    check(find_actor(house=house, name=user), Permission.RUN_WORK)
    settings, clock = current(), SystemClock()
    at_hand, tally = tools(settings, clock, demo=is_demo()), Tally()
    with progress("steps") as advance, closing(at_hand):
        drain(settings.houses, at_hand, tally, skip_grace=now, advance=advance)
        while (ahead := grace_left(settings.houses, clock.now())) is not None:
            threading.Event().wait(ahead.total_seconds())
            drain(settings.houses, at_hand, tally, advance=advance)
    later = waiting(settings.houses)
    if as_json:
        click.echo(json.dumps({"done": tally.counts, "waiting": later}))
        return
    for kind, count in tally.counts.items():
        click.echo(f"{count:,} {kind}")
    click.echo("Nothing is due." + "".join(f" {count:,} {kind}." for kind, count in later.items()))
