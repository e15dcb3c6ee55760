"""Whoever asks over HTTP, as a bench drives it: see `bench.http.asking`."""

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.home import Home
from maillon.settings import Address

Request = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The quickest of several rounds: `rate` in hashes a second, how many hits; `requests` of all rounds together."""

    rate: float
    hits: int
    requests: int
    load_generator: float


@dataclass(frozen=True)
class Asker:
    """The process that asks."""

    process: subprocess.Popen[str]
    folder: Path

    def ask(
        self, listen: Address, requests: Sequence[Request], *, each: int, connections: int, rounds: int, kept: bool,
        count: str,
    ) -> Asked:  # fmt: skip
        """Ask all `requests`, of `each` hashes, in every round; the first is not counted.

        `count` is a text that each hit holds once. Raises SystemExit unless every request was answered.
        """
        file = self.folder / "requests.jsonl"
        file.write_text("".join(f"{json.dumps(one)}\n" for one in requests), encoding="utf-8")
        job = {"host": listen.host, "port": listen.port, "connections": connections, "kept": kept, "count": count}
        found = [self._round({**job, "file": str(file)}, len(requests)) for _ in range(rounds + 1)]
        best = min(found[1:], key=lambda told: told["seconds"])
        return Asked(
            rate=each * len(requests) / best["seconds"],
            hits=best["hits"],
            requests=len(requests) * (rounds + 1),
            load_generator=round(best["processor"] / best["seconds"], 2),
        )

    def _round(self, job: dict[str, Any], wanted: int) -> dict[str, Any]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{json.dumps(job)}\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        if told["failed"] or told["answered"] != wanted:
            raise SystemExit(f"of {wanted} requests {told['answered']} were answered; others: {told['failed']}")
        return told


@contextmanager
def asker(home: Home) -> Iterator[Asker]:
    """Somebody who asks, for the length of the block."""
    process = home.start("bench.http.asking")
    try:
        yield Asker(process, home.folder)
    finally:
        process.terminate()
        process.wait()
