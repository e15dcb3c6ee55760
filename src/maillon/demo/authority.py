"""The demo's police, magistrates and partners: something in every state of a request, an order, a hold, a measure.

They act through the services at the moments of a clock that the walk moves; what they do is drained by the caller.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Protocol
from uuid import UUID

from maillon.access.queries import find_actor
from maillon.authority.decision import services as decide
from maillon.authority.inbox import services as inbox
from maillon.authority.inbox.listing import matters
from maillon.authority.inbox.queries import arrivals
from maillon.kernel.clock import FixedClock
from maillon.outbox.acting import Actor, acting
from maillon.partners.letters import acknowledge_letter, ask_back, letters, refuse_letter

FEDERAL, LOCAL = "federal-prosecutor", "local-prosecutor"
YEAR = timedelta(days=365)
MANY = 100

SPOKEN = {
    "fr": "Oui, rendez l’emplacement inaccessible ; je confirme par écrit.",
    "nl": "Ja, maak de locatie ontoegankelijk; ik bevestig schriftelijk.",
}
WRITTEN = {
    "fr": "L’emplacement est rendu inaccessible.",
    "nl": "De locatie wordt ontoegankelijk gemaakt.",
}
REASONS = {
    "fr": "L’évaluation du point de contact et la localisation sont jointes.",
    "nl": "De beoordeling van het meldpunt en de lokalisatie zijn toegevoegd.",
}
CLOSED = {
    "fr": "La mesure n’est plus nécessaire.",
    "nl": "De maatregel is niet langer nodig.",
}


class Drain(Protocol):
    """Work until nothing is due at the clock's moment; `now` does not wait for the grace."""

    def __call__(self, clock: FixedClock, *, now: bool = True) -> None: ...


class Bench:
    """Who acts at the authority and in the portals, and which items are still to be decided on."""

    def __init__(self, *, clock: FixedClock, drain: Drain) -> None:
        self.clock, self.drain = clock, drain
        self.fr, self.nl, self.local, self.officer, self.coordinator = (
            find_actor(house="authority", name=name)
            for name in ("magistrate-fr", "magistrate-nl", "magistrate-local", "police-officer", "coordinator")
        )
        self.items = self._items()

    def first_days(self) -> None:
        """What was decided in the past days: measures carried out, refused, undone; orders at every end."""
        self._agree()
        self._later(hours=1)
        self._ask(self._ordered("fr", "removal", spoken=True), "kestrel-hosting", "meadow-data")
        self._ask(lifted := self._ordered("nl", "removal"), "kestrel-hosting")
        self._ask(undone := self._ordered("fr", "blocking"), "heron-access", "swift-access")
        self._ask(self._ordered("nl", "blocking"), "heron-access", "swift-access")
        self._ordered("fr", "blocking", days=2)  # it comes to its end
        self._approved("fr", "removal")  # nobody confirms it: it lapses
        request, disowned = self._approved("nl", "blocking")
        self._leave_online()
        self.drain(self.clock)
        self._answer_orders()
        self.drain(self.clock)
        self._later(hours=20)
        decide.disown_approval(order_id=disowned, words="Dat heb ik niet gezegd.", by=self.nl, at=self.clock.at)
        self._look_again(request)
        decide.refuse(request_id=request, words="De feiten volstaan niet.", by=self.nl, at=self.clock.at)
        decide.lift_order(order_id=lifted, words=CLOSED["nl"], by=self.nl, at=self.clock.at)
        decide.lift_order(order_id=undone, words=CLOSED["fr"], by=self.fr, at=self.clock.at)
        self.drain(self.clock)
        self._take_note_of_all("heron")

    def today(self) -> None:
        """What waits just now: to decide, to confirm, to put in writing; matters in every state; letters."""
        self._requested("nl", "removal", urgent=True)
        withdrawn = self._requested("fr", "blocking")
        decide.withdraw_request(id=withdrawn, reason="asked twice", by=self.officer, at=self.clock.at)
        self._approved("fr", "blocking")
        _request, confirmed = self._approved("nl", "blocking")
        decide.confirm_approval(order_id=confirmed, by=self.nl, at=self.clock.at)
        self._requested("fr", "blocking", office=LOCAL)
        self._work_on_matters()
        self._answer_from_abroad()

    def _later(self, **span: float) -> None:
        self.clock.at += timedelta(**span)

    def _items(self) -> dict[str, Iterator[UUID]]:
        """Items by what may be asked of them: removal where the police must act, blocking of all, abroad first."""
        with acting(self.officer):
            found = [row for row in arrivals() if row["state"] != "recalled" and row["item"]]
        here = list(dict.fromkeys(row["item"] for row in found if row["purpose"] != "copy"))
        abroad = [id for id in dict.fromkeys(row["item"] for row in found) if id not in here]
        self.held = here.pop()
        return {"removal": iter(here), "blocking": iter([*abroad, *here])}

    def _agree(self) -> None:
        today = self.clock.at.date()
        for kind in ("removal", "blocking"):
            decide.record_procedure(
                kind=kind, name=f"Agreed procedure for {kind}", parties=["justice", "hotline", "providers"],
                agreed_on=today - YEAR, valid_from=date(today.year - 1, today.month, 1) + timedelta(days=31),
                source="the demo world", by=self.fr, at=self.clock.at,
            )  # fmt: skip

    def _requested(self, language: str, kind: str, *, urgent: bool = False, office: str = FEDERAL) -> UUID:
        return self._request(next(self.items[kind]), language, kind, urgent, office)

    def _request(self, item: UUID, language: str, kind: str, urgent: bool = False, office: str = FEDERAL) -> UUID:
        return decide.request_decision(
            item_id=item, kind=kind, office=office, language=language, reasons=REASONS[language], urgent=urgent,
            by=self.officer, at=self.clock.at,
        )  # fmt: skip

    def _approved(self, language: str, kind: str) -> tuple[UUID, UUID]:
        """A request, and the order by telephone that was noted on it."""
        request, at = self._requested(language, kind), self.clock.at
        order = decide.note_approval(
            request_id=request, magistrate=self._magistrate(language).name, words=SPOKEN[language],
            given_at=at - timedelta(minutes=20), until=at + timedelta(days=6), by=self.officer, at=at,
        )  # fmt: skip
        return request, order

    def _ordered(self, language: str, kind: str, *, days: float = 100, spoken: bool = False) -> UUID:
        """An order in writing, in the place of one by telephone where that was `spoken`."""
        request = self._approved(language, kind)[0] if spoken else self._requested(language, kind)
        return decide.order_in_writing(
            request_id=request, words=WRITTEN[language], until=self.clock.at + timedelta(days=days),
            by=self._magistrate(language), at=self.clock.at,
        )  # fmt: skip

    def _ask(self, order: UUID, *providers: str) -> None:
        for partner in providers:
            decide.record_measure(order_id=order, partner=partner, by=self.officer, at=self.clock.at)

    def _leave_online(self) -> None:
        """For an investigation; notices abroad wait."""
        self._hold(self._request(self.held, "fr", "removal"), "L’enquête en cours le demande.", self.fr)

    def _look_again(self, request: UUID) -> None:
        """Left online, and not for long."""
        hold = self._hold(request, "Het onderzoek vraagt het.", self.nl)
        self._later(hours=1)
        decide.end_hold(hold_id=hold, words="Het onderzoek vraagt het niet meer.", by=self.nl, at=self.clock.at)

    def _hold(self, request: UUID, words: str, by: Actor) -> UUID:
        until = self.clock.at + timedelta(days=30)
        return decide.leave_online(request_id=request, until=until, words=words, by=by, at=self.clock.at)

    def _answer_orders(self) -> None:
        """Two providers do what is asked, one refuses; the fourth says nothing, and is late."""
        self._later(hours=2)
        self._take_note_of_all("kestrel")
        self._take_note_of_all("heron")
        swift = find_actor(house="authority", name="swift")
        first, *_others = self._waiting(swift, "order")
        refuse_letter(id=first, reason="this line is not ours", by=swift, at=self.clock.at)

    def _take_note_of_all(self, name: str) -> None:
        by = find_actor(house="authority", name=name)
        for id in self._waiting(by):
            acknowledge_letter(id=id, by=by, at=self.clock.at)

    def _waiting(self, by: Actor, *kinds: str) -> list[UUID]:
        with acting(by):
            found = letters(partner=by.organisation, states=["waiting"], limit=MANY)
        return [row["id"] for row in found if not kinds or row["kind"] in kinds]

    def _answer_from_abroad(self) -> None:
        """A hotline abroad takes note of one letter, refuses another, asks about a third; the others wait."""
        by = find_actor(house="hotline", name="hotline-nl")
        acts: tuple[Callable[[UUID], object], ...] = (
            lambda id: acknowledge_letter(id=id, by=by, at=self.clock.at),
            lambda id: refuse_letter(id=id, reason="hosted elsewhere by now", by=by, at=self.clock.at),
            lambda id: ask_back(id=id, text="When was it last seen there?", by=by, at=self.clock.at),
        )
        for act, id in zip(acts, self._waiting(by, "referral"), strict=False):
            act(id)

    def _work_on_matters(self) -> None:
        """Some matters are passed to units, one is taken, one closed; a letter is taken down, a sender asked."""
        at = self.clock.at
        with acting(self.officer):
            found = matters(wanted="open", by=self.officer, at=at, limit=MANY)
        mild = [row["id"] for row in reversed(found)]
        for unit, id in zip(("local-police", "financial-investigators"), mild, strict=False):
            inbox.pass_matter(id=id, unit=unit, by=self.coordinator, at=at)
        for id in mild[2:4]:
            inbox.take_matter(id=id, by=self.officer, at=at)
        for id in mild[3:4]:
            inbox.acknowledge_matter(id=id, by=self.officer, at=at)
            inbox.close_matter(id=id, why="joined to another file", by=self.officer, at=at)
        inbox.enter_letter(
            sender_name="a service abroad", received_at=at - timedelta(days=1), severity=3, by=self.officer, at=at,
            text="We write about http://letter-box.test/page/7 as before.",
        )  # fmt: skip
        self._answer_senders()

    def _answer_senders(self) -> None:
        """Of what still waits one arrival is refused, and the sender of another is asked."""
        with acting(self.officer):
            waiting = [row["id"] for row in arrivals(state="waiting") if row["kind"] == "referral"]
        for id in waiting[-1:]:
            inbox.refuse_arrival(id=id, reason="not within our competence", by=self.officer, at=self.clock.at)
        for id in waiting[:1]:
            inbox.ask_sender(id=id, text="Is there an earlier report of it?", by=self.officer, at=self.clock.at)

    def _magistrate(self, language: str) -> Actor:
        return self.fr if language == "fr" else self.nl
