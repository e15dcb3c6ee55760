"""Once a day, what is past its term goes from the vault with what was written down of it, and what nobody knows."""

import threading
from collections.abc import Callable, Sequence
from datetime import date

from maillon.evidence.checking import sweep
from maillon.evidence.purging import ANY, purge
from maillon.evidence.vault import Vault
from maillon.kernel.clock import Clock, brussels_day
from maillon.observation.known import forget
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import one

LAST = "SELECT began_at, ended_at FROM evidence_purge ORDER BY began_at DESC LIMIT 1"
EVER = "SELECT 1 FROM observation_fetch LIMIT 1"


def purge_daily(house: str, *, vault: Callable[[], Vault], clock: Clock) -> int:
    """Purge what is past its term, unless that was done today; one that was cut off goes on. How many objects."""
    by, now = system_actor(house, "clock"), clock.now()
    with acting(by):
        found, last = one(ANY, {"now": now}), one(LAST)
    if not found or not found["due"]:
        return 0
    if last and last["ended_at"] and brussels_day(last["began_at"]) == brussels_day(now):
        return 0
    return purge(vault=vault(), forget=forget, by=by, clock=clock)


class Sweeping:
    """Once a day and process: deletes what a killed process sealed and nobody wrote down.

    `houses` are all those that keep in this vault.
    """

    def __init__(self, houses: Sequence[str]) -> None:
        self._houses = houses
        self._swept: date | None = None
        self._lock = threading.Lock()

    def sweep_daily(self, house: str, *, vault: Callable[[], Vault], clock: Clock) -> int:
        """How many objects; 0 where that was done today, or nothing was ever fetched in `house`."""
        today = brussels_day(clock.now())
        with self._lock:
            if self._swept == today:
                return 0
            self._swept = today
        with acting(system_actor(house, "clock")):
            ever = one(EVER)
        return sweep(vault=vault(), houses=self._houses, clock=clock) if ever else 0
