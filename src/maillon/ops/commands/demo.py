"""`maillon demo`: the synthetic world, brought in by the same services as everything else."""

import csv
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import click

from maillon.access.queries import find_actor
from maillon.demo import dns, files, hosts, overlay
from maillon.demo.world import Walk, make_accounts, state_providers
from maillon.evidence.opening import demo_recipients
from maillon.hotline.intake.queries import any_report
from maillon.kernel.clock import BRUSSELS, Clock, FixedClock, SystemClock
from maillon.kernel.errors import BadInput, MaillonError
from maillon.ops.assessing import import_assessments
from maillon.ops.declaring import open_to_operator
from maillon.ops.importing import COLUMNS, import_reports
from maillon.ops.installation import current
from maillon.ops.installations import become_demo, finish_demo, is_finished_demo
from maillon.ops.options import on_database
from maillon.ops.progress import progress
from maillon.ops.reading import BadRow
from maillon.ops.work import Tally, drain, tools
from maillon.outbox.acting import acting
from maillon.settings import Address, Settings

WALK = timedelta(days=9)
LATEST = 8  # reports that are brought in only at the end
ENOUGH = 40  # reports of the current year that must be older than the walk's start


@click.command
@on_database
@open_to_operator("it makes a world of its own, in an empty installation")
def command() -> None:
    """Make the demo world in this installation: the reports of 2015 to 2017, and a current year in every state."""
    settings, clock = current(), SystemClock()
    if is_finished_demo():
        click.echo("The demo world stands already.")
        return
    if settings.houses != ("hotline", "authority", "care"):
        raise BadInput("The demo world needs all three houses; unset MAILLON_HOUSES.")
    by = find_actor(house="hotline", name="operator")
    with acting(by):
        become_demo(empty=not any_report())
    make_accounts(at=clock.now())
    state_providers(at=clock.now())
    folder = settings.home / "demo"
    written = files.write(folder / "files", today=clock.now().astimezone(BRUSSELS).date())
    overlay.write(folder / "overlay.mmdb")
    demo_recipients(settings=settings, by=by, at=clock.now())
    with dns.serve() as (host, port), hosts.serve(folder, at=clock.now()):
        world = World(settings, Address(host, port))
        for year in written.former:
            world.bring(year.reports, clock)
            world.judge(year.assessments, clock)
            world.drain(clock)
        world.walk(written.current, folder / "files")
    finish_demo()
    click.echo("The demo world stands: 2015, 2016 and 2017 to 12 May as stated then, and a current year.")


class World:
    """The demo's files, brought in with its own name server and web hosts."""

    def __init__(self, settings: Settings, resolver: Address) -> None:
        self.settings, self.resolver = settings, resolver
        self.by = find_actor(house="hotline", name="operator")

    def bring(self, path: Path, clock: Clock) -> None:
        with progress(path.name) as advance:
            refuse_bad(path, import_reports(path, by=self.by, clock=clock, advance=advance).bad)

    def judge(self, path: Path, clock: Clock) -> None:
        with progress(path.name) as advance:
            refuse_bad(path, import_assessments(path, by=self.by, clock=clock, advance=advance).bad)

    def drain(self, clock: Clock, *, now: bool = True) -> None:
        at_hand = replace(tools(self.settings, clock, demo=True, resolver=self.resolver), patience=0.2)
        with progress("steps") as advance, closing(at_hand):
            drain(self.settings.houses, at_hand, Tally(), skip_grace=now, advance=advance)

    def walk(self, path: Path, folder: Path) -> None:
        """Bring in the current year as of some days ago, and live through these days."""
        now = SystemClock().now()
        older, rest = split(path, folder, now - WALK)
        start = now - WALK if older is not None else now
        self.bring(older or path, FixedClock(start))
        self.drain(FixedClock(start))
        clock = FixedClock(now)
        Walk(start=start, now=now, drain=self.drain, bring_rest=lambda: self.bring(rest, clock)).run()


def split(path: Path, folder: Path, at: datetime) -> tuple[Path | None, Path]:
    """The reports received before `at`, but for some, and the rest; None for the first where it would be short.

    The file is in the order of receipt.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    early = [row for row in rows if _received(row) < at][:-LATEST]
    late = rows[len(early) :]
    if len(early) < ENOUGH:
        return None, path
    for name, part in (("older", early), ("latest", late)):
        with (folder / f"reports-current-{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(part)
    return folder / "reports-current-older.csv", folder / "reports-current-latest.csv"


def _received(row: dict[str, str]) -> datetime:
    found = datetime.fromisoformat(row["received_at"])
    return found if found.tzinfo else found.replace(tzinfo=BRUSSELS)


def refuse_bad(path: Path, bad: Sequence[BadRow]) -> None:
    if bad:
        raise MaillonError(f"{path} of the demo world has {len(bad)} bad rows, the first: {bad[0].sentence()}.")
