"""`search_1e8`: queries a second in batches of 100,000 over 10⁸ random hashes, two threads: the median of many rounds.

On request: it takes 14 GB of memory, 4 GB of disk and a quarter of an hour. Beside it faiss' flat index, the only peer
that fits.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from bench.figure import Measured
from bench.home import Home
from bench.search.against import LARGE, MODULE, Size, data_at, peers_python, row
from bench.search.lines import Memory
from bench.search.runs import Job, measured, offered, ours

N = {"full": 100_000_000, "small": 50_000}
QUERIES = {"full": 4 * LARGE, "small": 2_000}
SECONDS = {"full": 150.0, "small": 0.1}
ROUNDS = 12
PEER = "faiss:FlatNearest"
SAMPLE = {"full": 3_300_000_000, "small": 10_000_000}
"""Bytes of the memory whose lines are timed: as large as all hashes."""


def measure(home: Home, size: str) -> Iterator[Measured]:
    at = Size(N[size], SECONDS[size], 600, QUERIES[size])
    data = data_at(home.folder, at)
    batch = min(LARGE, at.queries // 2)
    job = Job(MODULE + "Arrays", {}, seconds=at.seconds, build_seconds=at.build_seconds, rounds=ROUNDS, batches=[batch])
    told = ours(job, data)
    rounds = {threads: told["rates"][f"{threads} {batch}"]["rounds"] for threads in ("1T", "2T")}
    peer = None
    if python := peers_python(size):
        flat = next(job for job in offered(python, seconds=min(at.seconds, 30)) if job.searcher.endswith(PEER))
        found = measured(replace(flat, build_seconds=at.build_seconds), data, python)
        peer = {"what": found["name"], **row(found)}
    yield Measured(
        figure="search_1e8",
        value=median(rounds["2T"]),
        peer=peer,
        settings={
            "n": at.n,
            "queries_a_call": batch,
            "rounds": {threads: [round(a_second) for a_second in found] for threads, found in rounds.items()},
            "ours": row(told),
            "on_huge_pages": round(told["on_huge_pages"], 3),
            "ns_a_random_line": round(Memory(SAMPLE[size]).line_ns(), 1),
            "load": round(os.getloadavg()[0], 1),
        },
    )
