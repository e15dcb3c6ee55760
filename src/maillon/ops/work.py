"""What is due, in one place: the outbox, the clock, the network. `drain` and the workers run the same rounds."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from django.db import InterfaceError, OperationalError

from maillon.access.lots import draw_due
from maillon.authority.decision.services import lapse_due
from maillon.authority.inbox.services import escalate_late_arrivals
from maillon.demo import synthetic
from maillon.evidence.opening import open_vault
from maillon.evidence.settling import destroy_due
from maillon.evidence.vault import Vault
from maillon.flow.handovers import channels
from maillon.flow.reviewed import REVIEWED
from maillon.hotline.analysis.services import escalate_late_cases
from maillon.hotline.referral.queries import next_send
from maillon.hotline.referral.services import ask_where_due, end_due_holds, escalate_late, grace, queue_due
from maillon.kernel.clock import Clock
from maillon.observation.answers import Ask
from maillon.observation.conclude import Answer
from maillon.observation.contacts import contacts_due
from maillon.observation.fetches import any_fetch_due
from maillon.observation.fetching.egress import Egress
from maillon.observation.queries import any_contact_due, any_lookup_due
from maillon.observation.resolve import resolve
from maillon.observation.services import Look, locate_due
from maillon.observation.sources import Sources
from maillon.ops.expiring import Sweeping, purge_daily
from maillon.ops.fetching import Fetching
from maillon.ops.mail import Post, post
from maillon.ops.merging import Merging
from maillon.ops.registries import Asking
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.deliveries import any_due, dispatch
from maillon.partners.exchange.greeting import greet_due
from maillon.partners.mailing import tell_waiting
from maillon.partners.queries import any_message_due
from maillon.partners.services import send_due
from maillon.settings import Address, Settings

GLANCE = 0.05  # seconds between two looks at what somebody else is at
PATIENCE = 60.0  # seconds to wait for it

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
    keys: Path
    patience: float = 2.0  # seconds for one answer of the resolver
    post: Post | None = None  # how mails are sent; None where there is no mail server
    vault: Callable[[], Vault] | None = None  # where evidence lies; None where none is kept
    sweeping: Sweeping = field(default_factory=partial(Sweeping, ()))  # of that vault
    fetching: Fetching | None = None  # what fetches content; None where nobody may
    merging: Merging | None = None  # what builds the index of known content anew; None where it is left as it is
    ask: Ask | None = None  # the registries that name abuse contacts; None where none is asked

    def resolve(self, names: Sequence[str]) -> Mapping[str, Answer]:
        return resolve(names, resolver=self.resolver, timeout=self.patience)

    def fetch(self, house: str) -> int:
        return self.fetching.step(house, self.clock) if self.fetching else 0

    def ask_contacts(self, house: str) -> int:
        return contacts_due(house=house, ask=self.ask, clock=self.clock) if self.ask else 0

    def purge(self, house: str) -> int:
        return purge_daily(house, vault=self.vault, clock=self.clock) if self.vault else 0

    def sweep(self, house: str) -> int:
        return self.sweeping.sweep_daily(house, vault=self.vault, clock=self.clock) if self.vault else 0

    def merge(self) -> int:
        return self.merging.merge_due(self.clock) if self.merging else 0

    def close(self) -> None:
        """End the processes that were started for this work."""
        if self.fetching:
            self.fetching.close()
        if self.merging:
            self.merging.close()


def way_out(settings: Settings, *, demo: bool) -> Egress:
    """How content is fetched. The demo world reaches its synthetic internet and nothing else does, whatever files lie
    in its folder: without it loopback and documentation addresses stay refused.
    """
    internet = synthetic.read(settings.home / "demo") if demo else None
    if internet is not None:
        return Egress(tor=synthetic.tor(internet), synthetic=internet)
    return Egress(proxy=settings.egress_proxy, tor=settings.tor)


def tools(
    settings: Settings, clock: Clock, *, demo: bool, resolver: Address | None = None, aside: bool = False
) -> Tools:
    """The tools of this installation, to be closed; with `aside` content is fetched while other work goes on.

    The demo world adds the countries of its made-up addresses, and its resolver.
    """
    overlay = settings.home / "demo" / "overlay.mmdb"
    sources = Sources(settings.location_mmdb, overlay if demo and overlay.exists() else None)
    asked = resolver or settings.resolver
    egress = partial(way_out, settings, demo=demo)  # asked once something is fetched: the demo's own may start late
    return Tools(
        clock=clock,
        resolver=asked,
        look=sources.look,
        post=post(settings),
        keys=settings.keys,
        vault=partial(open_vault, settings),
        sweeping=Sweeping(settings.houses),
        fetching=Fetching(settings, egress=egress, resolver=asked, aside=aside),
        merging=Merging(settings.matching) if aside else None,
        ask=Asking(settings, demo=demo, resolver=asked).ask,
    )


Step = tuple[str, Callable[[], int]]


def _steps(house: str, tools: Tools, *, skip_grace: bool) -> list[Step]:
    """The kinds of work in `house`, each with what does some of it and says how much."""
    clock, by = tools.clock, system_actor(house, "clock")
    handing: list[Step] = [("handed over or put off", lambda: dispatch(house=house, clock=clock).tried)]
    sending: list[Step] = [("messages sent or tried", lambda: send_due(house=house, channels=channels(), clock=clock))]
    greeting: list[Step] = [("peers greeted", lambda: greet_due(house=house, keys=tools.keys, clock=clock))]
    telling: list[Step] = [
        ("partners told by mail", lambda: _tell_partners(house, tools)),
        ("samples drawn for oversight", lambda: draw_due(kinds=REVIEWED, by=by, at=clock.now())),
        ("index of known content built anew", tools.merge),
    ]
    if house == "authority":
        late: list[Step] = [
            ("decisions ended or escalated", lambda: lapse_due(by=by, at=clock.now())),
            ("late arrivals escalated", lambda: escalate_late_arrivals(by=by, at=clock.now())),
        ]
        return handing + late + greeting + sending + telling
    if house != "hotline":
        return handing + greeting + sending + telling
    return [
        *handing,
        ("asked where they are before sending", lambda: ask_where_due(by=by, at=clock.now(), skip_grace=skip_grace)),
        ("located", lambda: locate_due(house=house, resolve=tools.resolve, look=tools.look, clock=clock)),
        *handing,  # what was located just now may go to somebody else than was drafted
        ("fetched", lambda: tools.fetch(house)),
        ("contacts asked for", lambda: tools.ask_contacts(house)),
        ("holds over", lambda: end_due_holds(by=by, at=clock.now())),
        ("put on their way", lambda: queue_due(by=by, at=clock.now(), skip_grace=skip_grace)),
        ("late referrals escalated", lambda: escalate_late(by=by, at=clock.now())),
        ("late cases escalated", lambda: escalate_late_cases(by=by, at=clock.now())),
        ("keys of settled evidence destroyed", lambda: destroy_due(by=by, at=clock.now())),
        ("evidence purged", lambda: tools.purge(house)),
        ("evidence that nobody wrote down deleted", lambda: tools.sweep(house)),
        *greeting,
        *sending,
        *telling,
    ]


def _tell_partners(house: str, tools: Tools) -> int:
    if tools.post is None:
        return 0
    return tell_waiting(house=house, clock=tools.clock, send=tools.post.send, address=tools.post.portal)


def work_round(house: str, tools: Tools, tally: Tally, *, skip_grace: bool = False, go_on: bool = False) -> int:
    """Do some of everything that is due in `house`; how much was done or tried. 0 means that nothing is due.

    With `go_on` a kind of work that fails is logged and the others go on, unless the database is away.
    """
    done = 0
    for kind, step in _steps(house, tools, skip_grace=skip_grace):
        try:
            done += tally.add(kind, step())
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            if not go_on:
                raise
            log.exception("%s: work of the kind %r failed", house, kind)
    return done


def drain(
    houses: Sequence[str],
    tools: Tools,
    tally: Tally,
    *,
    skip_grace: bool = False,
    advance: Callable[[int], None] = lambda _: None,
) -> None:
    """Work in all `houses` until nothing is due in any of them.

    What somebody else is at, or left locked when it was killed a moment ago, is waited for.
    """
    waits = 0
    while waits < PATIENCE / GLANCE:
        done = sum(work_round(house, tools, tally, skip_grace=skip_grace) for house in houses)
        advance(done)
        if done:
            waits = 0
        elif any(_any_due(house, tools.clock.now()) for house in houses):
            threading.Event().wait(GLANCE)
            waits += 1
        else:
            return


def _any_due(house: str, at: datetime) -> bool:
    with acting(system_actor(house, "clock")):
        network = any_lookup_due(at=at) or any_message_due(at=at) or any_fetch_due(at=at) or any_contact_due(at=at)
        return network or any_due(house=house, at=at)


def grace_left(houses: Sequence[str], now: datetime) -> timedelta | None:
    """How long until the next draft's grace is over; None where no draft waits for its grace."""
    if "hotline" not in houses:
        return None
    with acting(system_actor("hotline", "clock")):
        due = next_send()
    return max(due - now, timedelta(0)) if due is not None and due <= now + grace(now) else None
