"""Once a day, what is past its term goes from the vault, and with it what was written down of it."""

from collections.abc import Callable

from maillon.evidence.purging import ANY, purge
from maillon.evidence.vault import Vault
from maillon.items.captures import forget
from maillon.kernel.clock import Clock, brussels_day
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.sql import one

LAST = "SELECT began_at, ended_at FROM evidence_purge ORDER BY began_at DESC LIMIT 1"


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
