"""Reporters under `kill -9`, and what must be true once the storm is over."""

import math
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from maillon.ops.serve import answers, free_address
from tests.crash.audit import wrong
from tests.crash.killing import Storm
from tests.crash.reporters import Crowd, opened, reporting
from tests.crash.runner_client import World
from tests.crash.scenario import CLAIMS_OVER, DRAIN

NUMBERS = r"SELECT substring(remark from '\d+$')::int FROM intake_report WHERE channel = 'web'"
SETTINGS = ("fsync", "synchronous_commit", "full_page_writes", "data_checksums")


@dataclass(frozen=True)
class Told:
    """What came of a storm. The four lists must be empty."""

    kills: dict[str, int]
    reporters: int
    receipts: int
    given_up: int
    seconds: float
    durable: dict[str, str]
    unopened: list[str]
    missing: list[int]
    twice: list[int]
    half: list[str]
    refused: list[str]

    @property
    def promises_broken(self) -> list[Any]:
        return [*self.unopened, *self.missing, *self.twice, *self.half, *self.refused]


def weather(
    world: World,
    *,
    reporters: int,
    receipts: int,
    kills: int,
    within: int,
    steps: int,
    seed: int,
    minutes: float = math.inf,
    progress: Callable[[str], None] = lambda _: None,
) -> Told:
    """Report and kill until both numbers are reached, or for so many minutes; then let all come to rest, and look.

    `within`: the most statements, in tens, that a process lives for before it kills itself; `steps`: receipts shown
    between two kills.
    """
    here, chance, begun = world.here, random.Random(seed), time.monotonic()
    storm = Storm(here, free_address("127.0.0.1"), within)
    crowd = Crowd(storm.listen, wanted=10**9)

    told_at = count()

    def over() -> bool:
        if next(told_at) % 2000 == 0:
            progress(f"{storm.all} kills, {len(crowd.shown)} receipts, {time.monotonic() - begun:.0f} s")
        reached = storm.all >= kills and len(crowd.shown) >= receipts
        return reached or time.monotonic() - begun > 60 * minutes

    try:
        with reporting(crowd, reporters, seed):
            storm.go_on(chance, lambda: len(crowd.shown), over, steps)
        struck = {**storm.kills, "between statements": storm.fallen}
        progress(f"{sum(struck.values())} kills, {len(crowd.shown)} receipts; what is left is worked off")
        storm.calm()
        for _ in range(3000):
            if answers(storm.listen):
                break
            time.sleep(0.02)
        world.runner.finish(DRAIN)
        world.runner.finish(CLAIMS_OVER)
        progress(f"nothing is due after {time.monotonic() - begun:.0f} s; every receipt is opened")
        unopened = opened(storm.listen, list(crowd.shown.values()), 20)
    finally:
        storm.stop()
    progress(f"receipts were opened after {time.monotonic() - begun:.0f} s; what is stored is looked over")
    with here.connect() as connection:
        connection.execute("ANALYZE")
    stored = Counter(number for (number,) in here.query(NUMBERS))
    told = dict(here.query("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(SETTINGS)]))
    return Told(
        kills=struck,
        reporters=reporters,
        receipts=len(crowd.shown),
        given_up=len(crowd.unsure),
        seconds=round(time.monotonic() - begun, 1),
        durable=told,
        unopened=unopened,
        missing=sorted(set(crowd.shown) - set(stored)),
        twice=sorted(number for number, times in stored.items() if times > 1),
        half=wrong(here, drained=True),
        refused=crowd.failed,
    )
