"""`crashes`: a thousand `kill -9` under fifty reporters, and every receipt that was shown.

The site, its workers and PostgreSQL are killed in turn; besides, each process kills itself between two statements, at
one drawn by chance. `kill -9` shows that nothing is lost with a process; what a power cut does to a disk it does not
show, so the settings on which that rests are told with the result.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

SIZES = {
    "full": {"reporters": 50, "receipts": 50_000, "kills": 1000, "within": 300, "steps": 80},
    "small": {"reporters": 10, "receipts": 60, "kills": 6, "within": 30, "steps": 5},
}


def measure(size: str, minutes: float, progress: Callable[[str], None]) -> dict[str, Any]:
    """How many promises were broken, and what was done to break one; `whole` unless the minutes were over before."""
    from tests.crash.installation import installed
    from tests.crash.runner_client import World, runner_in
    from tests.crash.storm import weather

    with installed() as here, runner_in(here) as runner:
        told = weather(World(here, runner), **SIZES[size], seed=1, minutes=minutes, progress=progress)
    lists = ("unopened", "missing", "twice", "half", "refused")
    found = asdict(told)
    return {
        "broken": len(told.promises_broken),
        "examples": {name: found[name][:5] for name in lists if found[name]},
        "all_kills": sum(told.kills.values()),
        "whole": sum(told.kills.values()) >= SIZES[size]["kills"] and told.receipts >= SIZES[size]["receipts"],
        **{name: value for name, value in found.items() if name not in lists},
    }
