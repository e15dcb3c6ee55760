"""`figures_counts`, `figures_times`, `figures_ratio`: the command over a year of 1,000,000 reports.

The peer of the ratio is plain SQL for the counts, one aggregate a figure, by the role that owns the tables.
"""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.figure import Measured
from bench.home import Home

SIZES = {"full": 1_000_000, "small": 2_000}
RUNS = 3
MENTIONED = """intake_report r JOIN intake_report_location l ON (l.house, l.report_id) = (r.house, r.id)
  JOIN items_item i ON (i.house, i.id) = (l.house, l.item_id)
  WHERE r.house = 'hotline' AND r.received_on BETWEEN '2024-01-01' AND '2024-12-31'"""
BARE = (
    "SELECT count(*) FROM intake_report WHERE house = 'hotline' AND received_on BETWEEN '2024-01-01' AND '2024-12-31'",
    "SELECT date_trunc('month', received_on), channel, count(*) FROM intake_report WHERE house = 'hotline'"
    " AND received_on BETWEEN '2024-01-01' AND '2024-12-31' GROUP BY 1, 2",
    f"SELECT count(DISTINCT r.id) FROM {MENTIONED} AND i.verdict = 'illegal'",
    f"SELECT count(DISTINCT i.id), count(DISTINCT i.site_id) FROM {MENTIONED}",
    f"SELECT i.country, count(DISTINCT i.site_id) FROM {MENTIONED} AND i.verdict = 'illegal' GROUP BY 1",
)


def measure(home: Home, size: str) -> Iterator[Measured]:
    reports = SIZES[size]
    fill(home, reports)
    counts, bare, whole = [], [], []
    for _ in range(RUNS):
        counts.append(timed(lambda: home.maillon("figures", "--year", "2024", "--json", "--no-times")))
        bare.append(timed(lambda: aggregate(home)))
        whole.append(timed(lambda: home.maillon("figures", "--year", "2024", "--json")))
    peer = {"what": f"{len(BARE)} plain aggregates", "value": round(statistics.median(bare), 3), "unit": "s"}
    settings = {
        "reports": reports,
        "items": reports * 3 // 4,
        "sites": reports // 10,
        "runs": RUNS,
        "of_runs": "median",
    }
    told = {**settings, "includes": "start of the command"}
    yield Measured(figure="figures_counts", value=statistics.median(counts), peer=peer, settings=told)
    yield Measured(figure="figures_times", value=statistics.median(whole), peer=None, settings=told)
    ratio = statistics.median(ours / theirs for ours, theirs in zip(counts, bare, strict=True))
    yield Measured(figure="figures_ratio", value=ratio, peer=peer, settings={**told, "of": "counts"})


def fill(home: Home, reports: int) -> None:
    """Write the year as rows; the keys between them hold by construction and are not checked row by row."""
    script = (Path(__file__).parent / "year.sql").read_text(encoding="utf-8").replace(":reports", str(reports))
    with home.superuser() as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET work_mem = '256MB'")
        for statement in script.split(";\n"):
            if statement.strip():
                connection.execute(statement.encode())


def aggregate(home: Home) -> None:
    with home.owner() as connection:
        for statement in BARE:
            connection.execute(statement.encode()).fetchall()


def timed(work: Callable[[], None]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
