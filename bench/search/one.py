"""Measure one searcher in this process: a job comes as JSON, lines of JSON go out, the last of which is complete.

A job names the searcher (module and class), its settings, the folder of the data, and how long each part may last.
"""

import ctypes
import gc
import json
import resource
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from bench.search import drive
from bench.search.searcher import Searcher

LEFT = 0.9
"""Of the memory that is free now this process takes no more, so that it fails rather than another."""


def main() -> None:
    job = json.loads(sys.argv[1])
    limit_memory()
    module, name = job["searcher"].split(":")
    searcher: Searcher = getattr(import_module(module), name)(**job["settings"])
    folder = Path(job["data"])
    hashes = np.load(folder / "hashes.npy", mmap_mode="r")
    queries, planted = np.load(folder / "queries.npy"), np.load(folder / "planted.npy")
    told: dict[str, Any] = {
        "form": searcher.form,
        "batched": searcher.batched,
        "version": searcher.version(),
    }
    seconds = job["seconds"]
    told |= build(searcher, hashes, job["build_seconds"])
    tell(told)
    looked, found = drive.recall(searcher, queries, planted, told["built"], seconds=seconds)
    told |= {"planted": looked, "recall": found / looked if looked else None}
    tell(told)
    told["rates"] = {
        f"{threads}T" + (f" {batch}" if batch else ""): drive.rate(
            searcher, queries, threads=threads, seconds=seconds, rounds=job["rounds"], batch=batch
        )._asdict()
        for batch in job["batches"]
        for threads in (1, 2)
    }
    tell(told)
    told["latency"] = drive.latency(searcher, queries, seconds=seconds)._asdict()
    tell({**told, "complete": True})


def build(searcher: Searcher, hashes: np.ndarray[Any, Any], seconds: float) -> dict[str, Any]:
    """How long it took and what it came to in memory."""
    searcher.warm(len(hashes))
    trim()
    before = memory()
    prepared = searcher.prepare(hashes)
    begun = time.perf_counter()
    built = searcher.build(prepared, begun + seconds)
    took = time.perf_counter() - begun
    del prepared
    trim()
    own = searcher.own_bytes()
    return {
        "built": built,
        "build_seconds": took,
        "bytes_per_hash": (memory() - before) / built,
        "on_huge_pages": status("/proc/self/smaps_rollup", "AnonHugePages") / memory(),
        **({"own_bytes_per_hash": own / built} if own is not None else {}),
    }


def trim() -> None:
    """Give back what Python and malloc keep for later."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)


def memory() -> int:
    """Bytes of this process that no file holds (Linux)."""
    return status("/proc/self/status", "RssAnon")


def limit_memory() -> None:
    most = int(status("/proc/meminfo", "MemAvailable") * LEFT)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))


def status(path: str, name: str) -> int:
    line = next(line for line in Path(path).read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024


def tell(told: dict[str, Any]) -> None:
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
