"""A small internet and a clock that is moved: what `observation` and the workers are given as arguments.

A host `<anything>.<cc>.test` or `<cc>.test` stands in the country `cc`; every other name is not found. Addresses lie
in the documentation ranges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import cycle
from pathlib import Path

from maillon.authority.decision.services import lapse_due
from maillon.authority.inbox.services import escalate_late_arrivals
from maillon.directory.services import state_provider
from maillon.hotline.analysis.services import escalate_late_cases
from maillon.hotline.referral.services import ask_where_due, end_due_holds, escalate_late, queue_due
from maillon.kernel.clock import FixedClock
from maillon.observation.conclude import Answer, Seen
from maillon.observation.services import locate_due
from maillon.outbox.acting import HOUSES, system_actor
from maillon.outbox.deliveries import dispatch
from maillon.partners.channels import Channel, Surroundings, open_channels
from maillon.partners.services import send_due
from tests.factories.people import an_operator

NOW = datetime(2026, 3, 3, 10, tzinfo=UTC)
"""A Tuesday in winter, 11:00 in Brussels: within working time."""

COUNTRIES = ("BE", "NL", "FR", "DE", "KP", "US")
"""KP has no hotline in the network; the others abroad have one."""

DATA = date(2026, 3, 1)


@dataclass(frozen=True, kw_only=True)
class World:
    """Time and network for one test."""

    clock: FixedClock
    channels: Mapping[str, Channel]
    folder: Path

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def wait(self, **time: float) -> None:
        self.clock.at += timedelta(**time)

    def drain(self, *, grace: bool = False) -> int:
        """Work until nothing is due in any house; with `grace`, drafts wait for theirs. How much was done."""
        total = idle = 0
        for house in cycle(HOUSES):
            done = self.round(house, grace=grace)
            total, idle = total + done, 0 if done else idle + 1
            if idle == len(HOUSES):
                break
        return total

    def round(self, house: str, *, grace: bool = False) -> int:
        """Some of everything that is due in one house."""
        done = dispatch(house=house, clock=self.clock).done
        if house == "hotline":
            clock = system_actor(house, "clock")
            done += ask_where_due(by=clock, at=self.now, skip_grace=not grace)
            done += self.locate()
            done += end_due_holds(by=clock, at=self.now)
            done += queue_due(by=clock, at=self.now, skip_grace=not grace)
            done += escalate_late(by=clock, at=self.now) + escalate_late_cases(by=clock, at=self.now)
        if house == "authority":
            clock = system_actor(house, "clock")
            done += lapse_due(by=clock, at=self.now) + escalate_late_arrivals(by=clock, at=self.now)
        return done + self.send(house)

    def hand_over(self, house: str = "hotline") -> None:
        """Let the events of one house reach their handlers, and nothing else."""
        while dispatch(house=house, clock=self.clock).done:
            pass

    def locate(self) -> int:
        return locate_due(house="hotline", resolve=resolved, look=look, clock=self.clock)

    def send(self, house: str = "hotline") -> int:
        return send_due(house=house, channels=self.channels, clock=self.clock)


def a_world(folder: Path, at: datetime = NOW) -> World:
    clock = FixedClock(at)
    return World(
        clock=clock,
        channels=open_channels(Surroundings(houses=HOUSES, folder=folder)),
        folder=folder,
    )


def resolved(names: Sequence[str]) -> dict[str, Answer]:
    """What a resolver answers to these names."""
    return {name: _answer(name) for name in names}


def _answer(name: str) -> Answer:
    country = name.removesuffix(".test").rpartition(".")[2].upper()
    if country not in COUNTRIES:
        return Answer("not_found")
    return Answer("ok", (f"192.0.2.{COUNTRIES.index(country) + 1}",))


def look(ip: str) -> Seen:
    """What the two sources say of an address."""
    number = int(ip.rpartition(".")[2])
    country = COUNTRIES[number - 1]
    named = {"registry": country, "dbip": country}
    return Seen(ip, named, asn(country), f"network {number}", False, dict.fromkeys(named, DATA))


def asn(country: str) -> int:
    """The number of the one provider whose servers stand in `country`."""
    return 64500 + COUNTRIES.index(country)


def provider_in(*, servers: str, established: str) -> None:
    """The provider of the servers in one country is established in another."""
    state_provider(
        by=an_operator(),
        asn=asn(servers),
        name="a provider",
        country=established,
        valid_from=date(2017, 1, 1),
        source="stated for this test",
        basis="assumed",
        at=NOW,
    )
