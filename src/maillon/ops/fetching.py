"""The processes that fetch and decode for one worker: started by the first fetch that is due, ended with the worker."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connections

from maillon.decoding.pool import Decoders
from maillon.decoding.shapes import Decoded, Kind
from maillon.evidence.opening import open_vault
from maillon.kernel.clock import Clock
from maillon.observation.fetches import any_fetch_due, fetch_due
from maillon.observation.fetching.egress import Egress
from maillon.observation.fetching.fetched import Fetched
from maillon.observation.fetching.pool import Fetchers
from maillon.observation.known import known_in
from maillon.outbox.acting import acting, system_actor
from maillon.settings import Address, Settings

DECODERS = 2


class Fetching:
    """Fetches what is due, for `drain` in turn with other work, for a worker (`aside`) in a thread of its own.

    It answers for both kinds of processes (`fetch`, `read`), so that a worker for which there is nothing to fetch, or
    which finds another one at it, starts none. Close it.
    """

    def __init__(
        self, settings: Settings, *, egress: Callable[[], Egress], resolver: Address | None, aside: bool = False
    ) -> None:
        self.size = settings.fetchers
        self._settings, self._aside = settings, aside
        self._egress, self._resolver = egress, resolver
        self._fetchers: Fetchers | None = None
        self._decoders: Decoders | None = None
        self._starting = threading.Lock()
        self._stopped = threading.Event()
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="fetches")
        self._running: dict[str, Future[int]] = {}

    def fetch(self, url: str, referrer: str = "") -> Fetched:
        """What the address brings; see `Fetchers.fetch`."""
        with self._starting:
            if self._fetchers is None and not self._stopped.is_set():
                self._fetchers = Fetchers(
                    egress=self._egress(), size=self.size, resolver=self._resolver
                )  # fmt: skip
        if self._fetchers is None:
            raise RuntimeError("the fetching processes were closed")
        return self._fetchers.fetch(url, referrer)

    def read(self, body: bytes, kind: Kind | None = None) -> Decoded:
        """What the medium is; see `Decoders.read`."""
        with self._starting:
            if self._decoders is None and not self._stopped.is_set():
                self._decoders = Decoders(size=DECODERS)
        if self._decoders is None:
            raise RuntimeError("the decoding processes were closed")
        return self._decoders.read(body, kind)

    def step(self, house: str, clock: Clock) -> int:
        """Fetch what is due in `house`; how many. `aside`, begin with it, and say how many once it is through."""
        running = self._running.get(house)
        if running is not None:
            return self._running.pop(house).result() if running.done() else 0
        with acting(system_actor(house, "clock")):
            if not any_fetch_due(at=clock.now()):
                return 0
        if not self._aside:
            return self._fetch(house, clock)
        self._running[house] = self._threads.submit(self._fetch_aside, house, clock)
        return 0

    def _fetch(self, house: str, clock: Clock) -> int:
        vault, stopped = open_vault(self._settings), self._stopped.is_set
        look_up = known_in(self._settings.matching)
        return fetch_due(
            house=house, fetchers=self, decoders=self, look_up=look_up, vault=vault, clock=clock, stopped=stopped
        )

    def _fetch_aside(self, house: str, clock: Clock) -> int:
        try:
            return self._fetch(house, clock)
        finally:
            connections.close_all()

    def close(self) -> None:
        """End the processes; what they were at is taken again by whoever works next."""
        self._stopped.set()
        with self._starting:
            fetchers, decoders = self._fetchers, self._decoders
            self._fetchers = self._decoders = None
        for pool in (fetchers, decoders):
            if pool is not None:
                pool.close()
        self._threads.shutdown()
