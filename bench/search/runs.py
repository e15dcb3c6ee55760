"""Searchers measured one after the other, each in a process of its own; a run that was ended goes on where it was."""

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from bench.home import SOURCE
from bench.search import environment
from bench.search.data import Data

KEPT = SOURCE / "bench" / "data" / "search"
FRESH = 12 * 3600
"""Seconds for which what was measured of a peer counts as of this run."""
SPARE = 120
"""Seconds to start, to read the data and to warm up."""
PARTS = 8
"""Times `seconds` that measuring may take at most, twice over."""
Told = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One searcher with its settings, which pages malloc is told to take, and how long each part may last.

    `batches`: how many queries go in one call; None for as many as a part of the time takes.
    """

    searcher: str
    settings: Told
    pages: str = ""
    exact: bool = True
    finalists: int = 1
    seconds: float = 1
    build_seconds: float = 60
    rounds: int = 3
    batches: list[int | None] = field(default_factory=lambda: [None])

    @property
    def name(self) -> str:
        module, _, kind = self.searcher.rpartition(":")
        given = " ".join(f"{name} {value}" for name, value in self.settings.items())
        return " ".join(filter(None, [module.rpartition(".")[2], kind, given, self.pages]))


def offered(python: Path, **given: Any) -> list[Job]:
    """Every peer's searchers and settings."""
    words = [str(python), "-m", "bench.search.offered"]
    done = subprocess.run(words, cwd=SOURCE, check=True, stdout=subprocess.PIPE, text=True)
    return [Job(**told, **given) for told in json.loads(done.stdout)]


def measured(job: Job, data: Data, python: Path) -> Told:
    """What one peer came to with these data: measured now, or in the hours before."""
    key = blake2b(json.dumps([asdict(job), data.digest, environment.PINNED.read_text()]).encode(), digest_size=8)
    path = KEPT / f"{data.n}-{key.hexdigest()}.json"
    if path.exists() and time.time() - path.stat().st_mtime < FRESH:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    told = run(job, data, [str(python)], dict(os.environ))
    if told.get("complete") or told.get("too_slow"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(told), encoding="utf-8")
    return told


def ours(job: Job, data: Data) -> Told:
    """What one of ours came to, now. Raises RuntimeError where it failed."""
    told = run(job, data, [sys.executable], dict(os.environ))
    if "failed" in told:
        raise RuntimeError(f"{job.name}: {told['failed']}")
    return told


def run(job: Job, data: Data, python: list[str], environ: dict[str, str]) -> Told:
    """Start the process, wait as long as it may take, and read its last line. A peer that fails says why."""
    print(f"  {job.name}, {data.n:,} hashes …", file=sys.stderr, flush=True)
    asked = json.dumps({**asdict(job), "data": str(data.folder)})
    most = SPARE + job.build_seconds * 1.5 + job.seconds * PARTS * 2 * len(job.batches)
    environ |= {"GLIBC_TUNABLES": f"glibc.malloc.hugetlb={int(job.pages == 'huge pages')}", "OMP_NUM_THREADS": "1"}
    begun = time.monotonic()
    try:
        done = subprocess.run(
            [*python, "-m", "bench.search.one", asked],
            cwd=SOURCE, env=environ, capture_output=True, text=True, timeout=most,
        )  # fmt: skip
        lines, failed = done.stdout.splitlines(), done.stderr.splitlines()[-1:] or [f"exit code {done.returncode}"]
        told: Told = json.loads(lines[-1]) if lines else {}
    except subprocess.TimeoutExpired as error:
        lines, failed = (error.stdout or b"").decode().splitlines(), [f"took more than {most:.0f} s"]
        told = {**(json.loads(lines[-1]) if lines else {}), "too_slow": True}
    if not told.get("complete"):
        told["failed"] = failed[0]
        print(f"    {failed[0]}", file=sys.stderr)
    return {"name": job.name, "exact": job.exact, **told, "took": round(time.monotonic() - begun)}
