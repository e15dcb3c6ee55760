"""Ours beside the peers at each size: every peer's variants at the first, the quickest of each at the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.search import environment
from bench.search.data import Data, kept
from bench.search.runs import Job, Told, measured, offered, ours
from bench.search.sets import SETS

SIZES = {"full": (1_000_000, 10_000_000), "small": (4_000,)}
SECONDS = {"full": (3.0, 8.0), "small": (0.1,)}
BUILD_SECONDS = {"full": (60.0, 300.0), "small": (5.0,)}
QUERIES = {"full": 100_000, "small": 4_000}
FEW, IN_ORDER, BULK, LARGE = 1_000, 2_000, 20_000, 100_000
"""Queries a call of ours."""
MODULE = "bench.search.ours:"
NO_PEERS = "left out, for they are not installed; held against our own scan"


@dataclass(frozen=True)
class Size:
    """One size of a run."""

    n: int
    seconds: float
    build_seconds: float
    queries: int


def sizes(size: str) -> list[Size]:
    return [
        Size(n, seconds, build, QUERIES[size])
        for n, seconds, build in zip(SIZES[size], SECONDS[size], BUILD_SECONDS[size], strict=True)
    ]


def peers_python(size: str) -> Path | None:
    """The peers' interpreter; only a small run does without."""
    return environment.python() if size == "small" else environment.make()


def peers_measured(python: Path, data: Data, at: Size, before: Sequence[Told], only: str) -> list[Told]:
    """The peers whose searcher ends with `only`; all variants, or the quickest of those tried `before`."""
    jobs = [
        job
        for job in offered(python, seconds=at.seconds, build_seconds=at.build_seconds)
        if job.searcher.endswith(only)
    ]
    return [measured(job, data, python) for job in (finalists(jobs, before) if before else jobs)]


def finalists(jobs: Sequence[Job], before: Sequence[Told]) -> list[Job]:
    rates = {told["name"]: rate(told) for told in before}
    kept: list[Job] = []
    for searcher in dict.fromkeys(job.searcher for job in jobs):
        tried = [job for job in jobs if job.searcher == searcher]
        kept += sorted(tried, key=lambda job: -rates.get(job.name, 0))[: tried[0].finalists]
    return kept


def ours_measured(kind: str, data: Data, at: Size, *batches: int) -> Told:
    few = [min(batch, at.queries) for batch in batches] or [None]
    job = Job(MODULE + kind, {}, seconds=at.seconds, build_seconds=at.build_seconds, batches=few)
    return ours(job, data)


def rate(told: Told, threads: int = 2, batch: int | None = None) -> float:
    """Queries a second; 0 where it failed before."""
    name = f"{threads}T" + (f" {batch}" if batch else "")
    return float(told.get("rates", {}).get(name, {}).get("best", 0))


def complete(told: Told) -> bool:
    """Whether it was measured to the end and found everything."""
    return bool(told.get("complete") and told["exact"] and told["recall"] == 1)


def quickest(tolds: Sequence[Told]) -> Told:
    """Of those that find everything, the quickest with two threads."""
    return max(filter(complete, tolds), key=rate)


def data_at(folder: Path, at: Size, name: str = "uniform") -> Data:
    return kept(folder / f"{name}-{at.n}", at.n, at.queries, SETS[name])


def versions(tolds: Sequence[Told]) -> list[str]:
    """Of the packages that were measured."""
    return sorted({told["version"] for told in tolds if "version" in told})


def row(told: Told) -> Told:
    """What a result line says of one."""
    if not told.get("complete"):
        return {"failed": told.get("failed")}
    rates = {name: round(found["best"], 1) for name, found in told["rates"].items()}
    last = list(told["rates"].values())[-1]
    return {
        **rates,
        "us": round(told["latency"]["median"], 1),
        "p99": round(told["latency"]["p99"], 1),
        "recall": told["recall"] if told["recall"] is None else round(told["recall"], 4),
        "planted": told["planted"],
        "form": told["form"],
        "2T by": last["drive"],
        "build_s": round(told["build_seconds"], 2),
        "bytes": round(told["bytes_per_hash"], 1),
        **({"own_bytes": round(told["own_bytes_per_hash"], 1)} if "own_bytes_per_hash" in told else {}),
        **({"of": told["built"]} if not told["exact"] else {}),
    }
