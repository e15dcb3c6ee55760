"""`search_fresh`: seconds from the call that adds or withdraws a hash until the last of several processes sees it.

Half of the rounds are timed while the built file is made anew beside them. A first round only warms up.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.figure import Measured
from bench.home import SOURCE, Home
from bench.search.data import kept
from bench.search.ours import fill
from maillon.matching.changing import add, withdraw

SIZES = {"full": 1_000_000, "small": 1_000}
ROUNDS = {"full": 20, "small": 2}
READERS = 4
BUILD = "import sys; from pathlib import Path; from maillon.matching.building import build; build(Path(sys.argv[1]))"
Reader = subprocess.Popen[str]


def measure(home: Home, size: str) -> Iterator[Measured]:
    n, folder = SIZES[size], home.folder / "index"
    folder.mkdir()
    fill(folder, kept(home.folder / "data", n, 1_000).hashes())
    took: dict[str, list[float]] = {}
    with ExitStack() as stack:
        readers = [stack.enter_context(reader(home, folder)) for _ in range(READERS)]
        for number in range(-1, ROUNDS[size]):
            building = number > 0 and number % 2 == 1
            builder = (
                subprocess.Popen([sys.executable, "-c", BUILD, str(folder)], env=home.environ) if building else None
            )
            hash, entry = os.urandom(32), n + 1 + number
            for what, change in changes(folder, hash, entry).items():
                key = what + (" while built" if building else "")
                time_taken = seen(readers, what, hash, change)
                if number >= 0:
                    took.setdefault(key, []).append(time_taken)
            if builder:
                builder.wait()
        for one in readers:
            assert one.stdin is not None
            one.stdin.close()
    worst = {what: max(times) for what, times in took.items()}
    yield Measured(
        figure="search_fresh",
        value=max(worst.values()),
        peer=None,
        settings={
            "n": n,
            "processes": READERS,
            "rounds": ROUNDS[size],
            "worst": {what: round(time, 4) for what, time in worst.items()},
            "median": {what: round(sorted(times)[len(times) // 2], 4) for what, times in took.items()},
            "from": "the call of add or withdraw, which flushes to disk",
        },
    )


def reader(home: Home, folder: Path) -> Reader:
    words = [sys.executable, "-m", "bench.search.reader", str(folder)]
    pipe = subprocess.PIPE
    started = subprocess.Popen(words, env=home.environ, cwd=SOURCE, stdin=pipe, stdout=pipe, text=True)
    told(started)
    return started


def changes(folder: Path, hash: bytes, entry: int) -> dict[str, Callable[[], int]]:
    """`in`: the hash is added; `out`: it is withdrawn."""
    return {
        "in": lambda: add(folder, type="pdq", bank="bench", hashes=hash, entries=[entry]),
        "out": lambda: withdraw(folder, bank="bench", entries=[entry]),
    }


def seen(readers: list[Reader], what: str, hash: bytes, change: Callable[[], int]) -> float:
    """Seconds from the change until every reader saw it."""
    for one in readers:
        assert one.stdin is not None
        one.stdin.write(f"{what} {hash.hex()}\n")
        one.stdin.flush()
    for one in readers:
        told(one)
    begun = time.monotonic()
    change()
    return max(float(told(one)) for one in readers) - begun


def told(one: Reader) -> str:
    assert one.stdout is not None
    return one.stdout.readline().strip()
