"""Floods are shaped: each source has a pace, who is over it waits or works, and no source makes another wait."""

import math
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from maillon.web.reporter.pace import Pace, turn
from maillon.web.reporter.sources import Draw, Sources
from maillon.web.reporter.tickets import LIFE, Ticket, read, worked, written

SENDING = Pace(interval=10, burst=10, busy_burst=2, held=90)
"""A report every ten seconds, ten at once; places are kept for a quarter of an hour."""

ASKING = Pace(interval=5, burst=20, busy_burst=4, held=60)
"""Receipts that are tried, and messages."""

EASIEST, HARDEST = 15, 26  # bits: the first second of a phone; minutes of a large machine
MOST_SPENT = 100_000


class Shaper:
    """The paces of all sources for one purpose, in this process. Safe for several threads.

    A ticket keeps its place, so that asking early or often gains nothing, and passes once. Work passes early and counts
    against the pace like any other request: who works on and on works harder.
    """

    def __init__(self, pace: Pace, draw: Draw = secrets.token_bytes) -> None:
        self._pace, self._draw = pace, draw
        self._sources = Sources(draw)
        self._spent: dict[str, None] = {}
        self._lock = threading.Lock()

    def ask(
        self, *, network: bytes, subject: str, ticket: str, work: str, now: float, busy: bool
    ) -> tuple[Ticket, str] | None:
        """None where it is this source's turn; else the ticket to wait with, and its text.

        `network` is what `address.source_of` found, `subject` the form that asks, `ticket` and `work` what it carried.
        """
        with self._lock:
            brought = read(ticket, subject) if ticket else None
            if brought and brought.id not in self._spent and now < brought.ready + LIFE:
                early = worked(ticket, work, brought.bits)
                if early or (brought.held and now >= brought.ready):
                    self._spent_on(brought, network, now, early=early)
                    return None
                if now < brought.ready:
                    return brought, ticket
            place, due = turn(self._pace, due=self._sources.due(network, now), now=now, busy=busy)
            self._sources.note(network, now, due)
            if place.wait <= 0:
                return None
            bits = min(EASIEST + place.over.bit_length(), HARDEST)
            made = Ticket(self._draw(9).hex(), math.ceil(now + place.wait), bits, place.held)
            return made, written(made, subject)

    def _spent_on(self, ticket: Ticket, network: bytes, now: float, *, early: bool) -> None:
        if early and not ticket.held:  # a place that is kept was counted when it was given
            due = max(self._sources.due(network, now), now)
            self._sources.note(network, now, due + self._pace.interval)
        if len(self._spent) >= MOST_SPENT:
            del self._spent[next(iter(self._spent))]
        self._spent[ticket.id] = None


class Load:
    """How many submissions this process is working on; busy above `most`."""

    def __init__(self, most: int = max(3, os.cpu_count() or 1)) -> None:
        self._most, self._count = most, 0
        self._lock = threading.Lock()

    @property
    def busy(self) -> bool:
        return self._count >= self._most

    @contextmanager
    def one_more(self) -> Iterator[None]:
        with self._lock:
            self._count += 1
        try:
            yield
        finally:
            with self._lock:
                self._count -= 1
