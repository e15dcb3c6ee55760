"""`figures_counts`, `figures_times`, `figures_ratio`: the command over a year of 1,000,000 reports.

The peer of the ratio is plain SQL over the same tables with the same settings, one aggregate for each statement of the
command, without row security and without the items of other years, by the role that owns the tables.
"""

import os
import resource
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.figure import Measured
from bench.home import Home
from bench.seeding import fill
from maillon.insight.statements import SETTINGS
from maillon.ops.embedded import server_pid

SIZES = {"full": 1_000_000, "small": 2_000}
RUNS = 5
YEAR = "house = 'hotline' AND {} BETWEEN '2024-01-01' AND '2024-12-31'"
SPAN = "house = 'hotline' AND reported_at >= '2024-01-01 00:00+01' AND reported_at < '2025-01-01 00:00+01'"
COUNTS = (
    "SELECT received_on, channel, outcome, count(*) FROM intake_report"
    f" WHERE {YEAR.format('received_on')} GROUP BY 1, 2, 3",
    f"SELECT count(*), count(DISTINCT site_id) FROM items_item WHERE {YEAR.format('reported_on')}",
    "SELECT country, count(*), count(DISTINCT site_id) FROM items_item"
    f" WHERE {YEAR.format('reported_on')} AND verdict = 'illegal' GROUP BY 1",
    f"SELECT count(*) FROM analysis_case WHERE {SPAN} AND steps > 0",
    f"SELECT count(*) FROM referral_referral WHERE {SPAN} AND steps > 0",
)
WAITED = (
    "count({0}), percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY date_part('epoch', {0} - reported_at)::int)"
)
SENT = (
    "SELECT reported_at, min(sent_at) AS sent, min(acknowledged_at) AS answered FROM referral_referral"
    f" WHERE {SPAN} AND recalls IS NULL GROUP BY item_id, reported_at"
)
TIMES = (
    f"SELECT {WAITED.format('first_located_at')} FROM items_item WHERE {YEAR.format('reported_on')}",
    f"SELECT {WAITED.format('first_opinion_at')}, {WAITED.format('settled_at')} FROM analysis_case WHERE {SPAN}",
    f"SELECT {WAITED.format('sent')}, {WAITED.format('answered')} FROM ({SENT}) AS item",
)


@dataclass(frozen=True)
class Spent:
    """Seconds: on the wall, of the command's own processor time, of the server's."""

    wall: float
    command: float
    server: float


def measure(home: Home, size: str) -> Iterator[Measured]:
    reports = SIZES[size]
    fill(home, reports=reports)
    year = ("figures", "--year", "2024", "--json")
    work: dict[str, Callable[[], None]] = {
        "counts": lambda: home.maillon(*year, "--no-times"),
        "bare counts": lambda: aggregate(home, COUNTS),
        "times": lambda: home.maillon(*year),
        "bare times": lambda: aggregate(home, COUNTS + TIMES),
    }
    for act in work.values():  # once to warm up
        act()
    rounds = [{name: spend(home, act) for name, act in work.items()} for _ in range(RUNS)]
    spent = {name: middle([found[name] for found in rounds]) for name in work}
    told = {
        "reports": reports,
        "items": reports * 3 // 4,
        "sites": reports // 10,
        "runs": RUNS,
        "of_runs": "median",
        "includes": "start of the command",
        "load": round(os.getloadavg()[0], 1),
    }
    for figure, name in (("figures_counts", "counts"), ("figures_times", "times")):
        theirs = spent[f"bare {name}"]
        peer = {"what": "plain aggregates", "value": round(theirs.wall, 3), "unit": "s"}
        yield Measured(figure=figure, value=spent[name].wall, peer=peer, settings={**told, **processor(spent[name])})
    ratios = {
        name: statistics.median(found[name].wall / found[f"bare {name}"].wall for found in rounds)
        for name in ("counts", "times")
    }
    peer = {"what": f"{len(COUNTS)} plain aggregates, with times {len(COUNTS + TIMES)}"}
    settings = {**told, "of": "the worse of both", **{name: round(ratio, 2) for name, ratio in ratios.items()}}
    yield Measured(figure="figures_ratio", value=max(ratios.values()), peer=peer, settings=settings)


def processor(spent: Spent) -> dict[str, float]:
    return {"processor_command": round(spent.command, 2), "processor_server": round(spent.server, 2)}


def middle(spent: list[Spent]) -> Spent:
    """The median of each."""
    return Spent(*(statistics.median(getattr(s, name) for s in spent) for name in ("wall", "command", "server")))


def aggregate(home: Home, statements: tuple[str, ...]) -> None:
    with home.owner() as connection, connection.transaction():
        connection.execute(SETTINGS)
        for statement in statements:
            connection.execute(statement.encode()).fetchall()


def spend(home: Home, work: Callable[[], None]) -> Spent:
    """What `work` took. The server's processor time counts once the process that served it has ended."""
    before, command, server, begun = children(home), commands(), served(home), time.perf_counter()
    work()
    wall = time.perf_counter() - begun
    end = time.perf_counter() + 1
    while children(home) - before and time.perf_counter() < end:
        time.sleep(0.01)
    return Spent(wall, commands() - command, served(home) - server)


def children(home: Home) -> set[str]:
    """The server's processes (Linux)."""
    server = server_pid(home.folder)
    return set(Path(f"/proc/{server}/task/{server}/children").read_text().split())


def commands() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def served(home: Home) -> float:
    """Processor seconds of the server's processes that have ended (Linux)."""
    fields = Path(f"/proc/{server_pid(home.folder)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")
