"""What is due, in one place: the outbox, the clock, the network. `drain` and the workers run the same rounds."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import DatabaseError

from maillon.flow.handovers import channels
from maillon.hotline.analysis.services import escalate_late_cases
from maillon.hotline.referral.services import escalate_late, queue_due
from maillon.kernel.clock import Clock
from maillon.observation.conclude import Answer
from maillon.observation.resolve import resolve
from maillon.observation.services import Look, locate_due
from maillon.observation.sources import Sources
from maillon.outbox.acting import system_actor
from maillon.outbox.deliveries import dispatch
from maillon.partners.services import send_due
from maillon.settings import Address, Settings

log = logging.getLogger("maillon.work")


@dataclass(slots=True)
class Tally:
    """What was done, by kind of work."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, kind: str, count: int) -> int:
        if count:
            self.counts[kind] = self.counts.get(kind, 0) + count
        return count


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What work needs from outside: time, names, countries."""

    clock: Clock
    resolver: Address | None
    look: Look
    patience: float = 2.0  # seconds for one answer of the resolver

    def resolve(self, names: Sequence[str]) -> Mapping[str, Answer]:
        return resolve(names, resolver=self.resolver, timeout=self.patience)


def tools(settings: Settings, clock: Clock, *, demo: bool, resolver: Address | None = None) -> Tools:
    """The tools of this installation; the demo world adds the countries of its made-up addresses, and its resolver."""
    overlay = settings.home / "demo" / "overlay.mmdb"
    sources = Sources(settings.location_mmdb, overlay if demo and overlay.exists() else None)
    return Tools(clock=clock, resolver=resolver or settings.resolver, look=sources.look)


Step = tuple[str, Callable[[], int]]


def _steps(house: str, tools: Tools, *, skip_grace: bool) -> list[Step]:
    """The kinds of work in `house`, each with what does some of it and says how much."""
    clock, by = tools.clock, system_actor(house, "clock")
    handing: list[Step] = [("handed over or put off", lambda: dispatch(house=house, clock=clock).tried)]
    sending: list[Step] = [("messages sent or tried", lambda: send_due(house=house, channels=channels(), clock=clock))]
    if house != "hotline":
        return handing + sending
    return [
        *handing,
        ("located", lambda: locate_due(house=house, resolve=tools.resolve, look=tools.look, clock=clock)),
        *handing,  # what was located just now may go to somebody else than was drafted
        ("put on their way", lambda: queue_due(by=by, at=clock.now(), skip_grace=skip_grace)),
        ("late referrals escalated", lambda: escalate_late(by=by, at=clock.now())),
        ("late cases escalated", lambda: escalate_late_cases(by=by, at=clock.now())),
        *sending,
    ]


def work_round(house: str, tools: Tools, tally: Tally, *, skip_grace: bool = False, go_on: bool = False) -> int:
    """Do some of everything that is due in `house`; how much was done or tried. 0 means that nothing is due.

    With `go_on` a kind of work that fails is logged and the others go on, unless the database is away.
    """
    done = 0
    for kind, step in _steps(house, tools, skip_grace=skip_grace):
        try:
            done += tally.add(kind, step())
        except DatabaseError:
            raise
        except Exception:
            if not go_on:
                raise
            log.exception("%s: work of the kind %r failed", house, kind)
    return done


def drain(
    houses: Sequence[str],
    tools: Tools,
    *,
    skip_grace: bool = False,
    advance: Callable[[int], None] = lambda _: None,
    stopping: threading.Event | None = None,
) -> Tally:
    """Work in all `houses` until nothing is due in any of them."""
    tally, done = Tally(), 1
    while done and not (stopping and stopping.is_set()):
        done = sum(work_round(house, tools, tally, skip_grace=skip_grace) for house in houses)
        advance(done)
    return tally
