"""The demo's current year, walked through the services until an item stands in every state of the chain.

Files are brought in and work is drained by the caller; here people act, at moments given, and two accidents are
staged: a partner that cannot be reached, and a worker that dies.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NoReturn
from uuid import UUID

from maillon.access.queries import find_actor, organisation_kind, organisations, person_exists
from maillon.access.services import add_organisation, add_person, give_sign_in, record_training
from maillon.authority.inbox.queries import arrivals
from maillon.authority.inbox.services import acknowledge
from maillon.demo.accounts import ACCOUNTS, ORGANISATIONS
from maillon.demo.authority import Bench, Drain
from maillon.demo.networks import NETWORKS
from maillon.demo.people import converse, report_and_ask, work_the_queue
from maillon.demo.seeing import DECIDED, PROPOSED, Seeing
from maillon.directory.hotlines import hotline_for
from maillon.directory.services import state_provider
from maillon.flow.handovers import channels
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.intake.queries import items_with_reports
from maillon.hotline.referral.queries import standing
from maillon.hotline.referral.services import ask_where_due, queue_due, undo_referral
from maillon.items.services import note_offline
from maillon.kernel.clock import FixedClock, brussels_day
from maillon.observation.services import locate_due, state_location
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.deliveries import dispatch
from maillon.outbox.sql import Row
from maillon.partners.channels import Channel, ChannelFailed, Partner
from maillon.partners.envelope import Envelope
from maillon.partners.queries import next_message_due
from maillon.partners.services import send_due
from maillon.rules.table import load

YEAR = timedelta(days=365)


def make_organisations(*, at: datetime) -> None:
    """The organisations of the demo that are not there yet."""
    for one in ORGANISATIONS:
        by = find_actor(house=one.house, name="operator")
        with acting(by):
            known = {row["id"] for row in organisations()}
        if one.id not in known:
            add_organisation(id=one.id, kind=one.kind, name=one.name, language=one.language, by=by, at=at)


def make_accounts(*, at: datetime) -> None:
    """The demo's organisations and accounts, each able to sign in, the analysts with a training in force.

    Safe to repeat.
    """
    make_organisations(at=at)
    for account in ACCOUNTS:
        by = find_actor(house=account.house, name="operator")
        with acting(by):
            if person_exists(name=account.name):
                continue
        add_person(name=account.name, organisation=account.organisation, roles=[account.role], by=by, at=at)
        give_sign_in(person=account.name, password=account.password, by=by)
        if account.role in ("analyst", "senior_analyst"):
            day = brussels_day(at)
            record_training(
                person=account.name, course=load("training_needed").row(on=day, what="first_analysis").text,
                valid_from=day - YEAR, valid_until=day + YEAR, by=by, at=at,
            )  # fmt: skip


def state_providers(*, at: datetime) -> None:
    """Where the demo's fictitious networks are established. Safe to repeat."""
    by = find_actor(house="hotline", name="operator")
    for network in NETWORKS:
        state_provider(
            by=by, asn=network.asn, name=network.name, country=network.established, valid_from=date(2010, 1, 1),
            source="the demo world", basis="assumed", at=at,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the walk."""

    a: Actor
    b: Actor
    senior: Actor
    manager: Actor
    officer: Actor


class Walk:
    """One walk from `start` to `now`; `drain` works off what is due, `bring_rest` brings in the latest reports."""

    def __init__(self, *, start: datetime, now: datetime, drain: Drain, bring_rest: Callable[[], None]) -> None:
        self.clock, self.now, self.drain, self.bring_rest = FixedClock(start), now, drain, bring_rest
        names = {"a": "analyst-a", "b": "analyst-b", "senior": "senior", "manager": "manager"}
        hotline = {part: find_actor(house="hotline", name=name) for part, name in names.items()}
        officer = find_actor(house="authority", name="police-officer")
        self.cast = Cast(**hotline, officer=officer)
        self.places = self._places()

    def run(self) -> None:
        """Take every item of the plan to where it belongs. Repeating it is not meant."""
        cast = self.cast
        seeing = Seeing(a=cast.a, b=cast.b, manager=cast.manager, clock=self.clock, drain=self.drain)
        seeing.fetch()
        seeing.decide_on_content(self.now)
        self._settle_and_send()
        self._doubt()
        self._decide_places()
        self._take_note()
        self._change_minds()
        bench = Bench(clock=self.clock, drain=self.drain)
        bench.first_days()
        self._lose_a_partner()
        self.clock.at = self.now
        self.drain(self.clock)
        bench.today()
        self._hear_people()
        self._leave_fresh()
        seeing.look(self.now)

    def _places(self) -> Mapping[str, list[UUID]]:
        """Items of the current year by where they were located: be, inhope, elsewhere, undetermined.

        Without those that are decided on by their content.
        """
        found: dict[str, list[UUID]] = defaultdict(list)
        with acting(self.cast.a):
            items = items_with_reports()
        for row in items:
            if row["state"] == "open" and row["site"] not in (DECIDED, PROPOSED):
                found[_place(row, self.now)].append(row["item"])
        return found

    def _take(self, place: str, count: int) -> Sequence[UUID]:
        """The next `count` items of a place; each item is taken once."""
        taken, self.places[place][:] = self.places[place][:count], self.places[place][count:]
        return taken

    def _later(self, **span: float) -> None:
        self.clock.at = min(self.clock.at + timedelta(**span), self.now)

    def _say(
        self, who: Actor, items: Sequence[UUID], code: str, severity: int | None, flags: str = "", reason: str = ""
    ) -> None:
        with acting(who):
            kind = organisation_kind(id=who.organisation)
        said = Stated(
            scheme="demo", version="1", code=code, severity=severity, flags=frozenset(flags.split()), reason=reason
        )
        for item in items:
            assess(
                item_id=item, report_id=None, stated=said, assessed_at=None, person=who, person_kind=kind, by=who,
                at=self.clock.at,
            )  # fmt: skip

    def _settle_and_send(self) -> None:
        self._later(hours=2)
        self.sent = [*self._take("be", 2), *self._take("inhope", 3), *self._take("elsewhere", 1)]
        self.wrong = [*self._take("be", 1), *self._take("inhope", 1)]
        self._say(self.cast.a, self.sent, "A", 4)
        self._say(self.cast.a, self.wrong, "B", 3)
        self._say(self.cast.b, self._take("be", 1), "A", 5, "imminent_danger belgian_victim")
        self._say(self.cast.a, self._take("inhope", 8), "N", None)
        self.drain(self.clock)

    def _doubt(self) -> None:
        self._later(hours=1)
        borderline, disputed, decided = (self._take("inhope", 1) for _ in range(3))
        self._say(self.cast.a, [*borderline, *disputed, *decided], "B", 1)
        self._say(self.cast.b, [*disputed, *decided], "N", None, reason="not within the scheme")
        self._say(self.cast.senior, decided, "B", 2, reason="within the scheme")
        self.drain(self.clock)

    def _decide_places(self) -> None:
        self._later(hours=1)
        stated, waiting = self._take("undetermined", 1), self._take("undetermined", 2)
        self._say(self.cast.b, [*stated, *waiting], "A", 3)
        self.drain(self.clock)
        for item in stated:
            state_location(
                item_id=item, country="BE", statement="stated by the network that delivers it", by=self.cast.b,
                at=self.clock.at,
            )  # fmt: skip
        self.drain(self.clock)

    def _take_note(self) -> None:
        self._later(hours=3)
        with acting(self.cast.officer):
            waiting = [row["id"] for row in arrivals(state="waiting")]
        for id in waiting[: len(waiting) // 2 + 1]:
            acknowledge(id=id, by=self.cast.officer, at=self.clock.at)
        self.drain(self.clock)

    def _change_minds(self) -> None:
        self._later(days=1)
        self._say(self.cast.a, self.wrong, "N", None, reason="seen again: not within the scheme")
        self.drain(self.clock)
        for item in self.sent[-2:]:
            note_offline(item_id=item, statement="the page no longer answers", by=self.cast.a, at=self.clock.at)

    def _lose_a_partner(self) -> None:
        """A partner that cannot be reached: one message is given up, another waits for its next attempt."""
        reach = {**channels(), "file": _Refusing(), "portal": _Refusing()}
        for start in (self.now - timedelta(days=3), self.now - timedelta(hours=2)):
            self.clock.at = max(self.clock.at, start)
            self._say(self.cast.a, self._take("inhope", 1), "A", 3)
            self._queue()
            self._send_until_now(reach)

    def _queue(self) -> None:
        """Everything up to the message that waits to be sent, the grace skipped."""
        by = system_actor("hotline", "clock")
        while dispatch(house="hotline", clock=self.clock).done:
            pass
        ask_where_due(by=by, at=self.clock.at, skip_grace=True)
        self.drain(self.clock, now=False)  # locates them; their grace is not over
        while dispatch(house="hotline", clock=self.clock).done or queue_due(by=by, at=self.clock.at, skip_grace=True):
            pass

    def _send_until_now(self, reach: Mapping[str, Channel]) -> None:
        """Try and try again, each time when the next attempt is due, as long as that is not after now."""
        due: datetime | None = self.clock.at
        while due is not None and due <= self.now:
            self.clock.at = max(self.clock.at, due)
            send_due(house="hotline", channels=reach, clock=self.clock)
            with acting(self.cast.a):
                due = next_message_due()

    def _hear_people(self) -> None:
        """Reports by the form and by telephone, a conversation, and how the staff share the queue."""
        report_and_ask(analyst=self.cast.b, at=self.now)
        self.drain(self.clock)
        converse(analyst=self.cast.a, senior=self.cast.senior, at=self.now)
        work_the_queue(senior=self.cast.senior, analyst=self.cast.a, manager=self.cast.manager, at=self.now)

    def _leave_fresh(self) -> None:
        """What has just happened: drafts in their grace, one undone, and work that a dying worker left behind."""
        self._say(self.cast.b, self._take("inhope", 1), "A", 4)
        self._queue()
        with suppress(_Died):
            send_due(house="hotline", channels={**channels(), "file": _Dying(), "portal": _Dying()}, clock=self.clock)
        self.bring_rest()
        dispatch(house="hotline", clock=self.clock)
        with suppress(_Died):
            locate_due(house="hotline", resolve=_die, look=_die, clock=self.clock, limit=1)
        locate_due(house="hotline", resolve=lambda names: {}, look=_die, clock=self.clock, limit=1)
        undone, corrected = self._take("inhope", 1), self._take("inhope", 1)
        self._say(self.cast.b, [*undone, *corrected, *self._take("be", 1), *self._take("inhope", 1)], "A", 4)
        self.drain(self.clock, now=False)
        self._say(self.cast.b, corrected, "N", None, reason="corrected at once")
        self.drain(self.clock, now=False)
        with acting(self.cast.b):
            drafts = [row["id"] for item in undone for row in standing(item_id=item)]
        for id in drafts:
            undo_referral(id=id, reason="assessed by mistake", by=self.cast.b, at=self.clock.at)


class _Died(BaseException):
    """The worker was killed in the middle of its work."""


def _die(*_: object) -> NoReturn:
    raise _Died


class _Refusing:
    """A channel whose partner cannot be reached."""

    def reaches(self, partner: Partner) -> bool:
        return True

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        raise ChannelFailed(f"{partner.id} cannot be reached.")


class _Dying(_Refusing):
    """A channel in the middle of which the worker is killed."""

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        _die()


def _place(row: Row, now: datetime) -> str:
    country = row["country"]
    if country in ("", "undetermined"):
        return "undetermined"
    if country == "BE":
        return "be"
    return "inhope" if hotline_for(country, brussels_day(now)) else "elsewhere"
