"""What needs a person: for whoever looks, what their permissions let them do something about, the worst first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.access.overseen import waiting as overseen
from maillon.access.permissions import Permission as P
from maillon.access.permissions import may
from maillon.authority.decision.queries import decision_needs
from maillon.authority.inbox.listing import tallies
from maillon.hotline.analysis.claiming import claims_of
from maillon.hotline.analysis.queue import COUNTED
from maillon.hotline.intake.queries import waiting_reports
from maillon.hotline.referral.overview import cases, running_referrals
from maillon.outbox.acting import Actor
from maillon.partners.asked import waiting_questions
from maillon.partners.exchange.peers import count_lost
from maillon.partners.mailing import unreached, untold
from maillon.partners.questions import IN
from maillon.partners.stuck import stuck

CASES = (
    ("disputed", _("Opinions disagree")),
    ("second_opinion", _("Second opinion needed")),
    ("waiting", _("To be assessed")),
)


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person: how many, how many of them late, and the page that lists them.

    `grave` marks what should never be there at all, `mine` what the one who looks took on. Where `most` is given,
    nothing was counted beyond it.
    """

    text: str | Promise
    total: int
    late: int = 0
    address: str = ""
    grave: bool = False
    mine: bool = False
    most: int = 0

    @property
    def weight(self) -> int:
        """Where it stands: what is one's own, what is late or should not be, what waits, what does not."""
        return 3 if not self.total else 0 if self.mine else 1 if self.late or self.grave else 2

    @property
    def shown(self) -> str:
        """How many, as it is shown: "100+" where that many or more."""
        return self._shown(self.total)

    @property
    def shown_late(self) -> str:
        """How many are late, in the same way."""
        return self._shown(self.late)

    def _shown(self, number: int) -> str:
        return f"{self.most}+" if self.most and number >= self.most else str(number)


def needs_of(actor: Actor, at: datetime) -> list[Need]:
    """What waits for `actor` in its house, the worst first."""
    found = [
        *OF_HOUSE.get(actor.house, _nothing)(actor, at),
        *_stuck(actor),
        *_lost(actor),
        *_untold(actor),
        *_overseen(actor),
    ]
    return sorted(found, key=lambda need: need.weight)


def _overseen(actor: Actor) -> Iterator[Need]:
    oversees, answers = may(actor, P.OVERSEE), may(actor, P.ANSWER_OVERSIGHT)
    if not oversees and not answers:
        return
    found = overseen()
    if oversees:
        yield Need(_("Broken glass to review"), found["glasses"], address=reverse("oversight"), grave=True)
        yield Need(_("Weekly samples to sign off"), found["weeks"], address=reverse("oversight"))
    if answers:
        yield Need(_("Questions of oversight"), found["questions"], address=reverse("oversight_asks"))


def _nothing(actor: Actor, at: datetime) -> Iterator[Need]:
    yield from ()


def _authority(actor: Actor, at: datetime) -> Iterator[Need]:
    if may(actor, P.READ_MATTERS):
        yield from _matters(actor, at)
    yield from _questions(actor, at)
    if may(actor, P.READ_DECISIONS):
        yield from _decisions(actor, at)


def _decisions(actor: Actor, at: datetime) -> Iterator[Need]:
    found, address, decides = decision_needs(by=actor, at=at), reverse("decisions"), may(actor, P.DECIDE)
    text = _("Your approvals by telephone, to confirm") if decides else _("Approvals by telephone, not confirmed yet")
    yield Need(text, found.to_confirm, address=f"{address}?show=confirm", mine=decides)
    yield Need(_("Requests to decide"), found.to_decide, found.late_requests, address)
    yield Need(
        _("Decisions that the hotline called back"), found.recalled, address=f"{address}?show=recalled", grave=True
    )
    if not decides:
        yield Need(_("Providers past their term"), found.late_measures, address=f"{address}?show=in_force", grave=True)
        yield Need(_("Providers who refused"), found.refused_measures, address=f"{address}?show=in_force", grave=True)


def _matters(actor: Actor, at: datetime) -> Iterator[Need]:
    found, address = tallies(by=actor, at=at), reverse("matters")
    if may(actor, P.TAKE_MATTER):
        yield Need(_("Matters of yours"), found["mine"], found["mine_late"], f"{address}?show=mine", mine=True)
    yield Need(_("Matters that nobody has"), found["free"], found["free_late"], f"{address}?show=free")
    if may(actor, P.ACKNOWLEDGE):
        yield Need(_("Matters to acknowledge"), found["unanswered"], found["unanswered_late"], address)


def _questions(actor: Actor, at: datetime) -> Iterator[Need]:
    if may(actor, P.ANSWER_PARTNER):
        yield Need(_("Partners who ask back"), *waiting_questions(direction=IN, at=at), reverse("questions"))


def _hotline(actor: Actor, at: datetime) -> Iterator[Need]:
    if may(actor, P.ASSESS):
        held = claims_of(person=actor.name, at=at)
        late = sum(claim["due_at"] is not None and claim["due_at"] < at for claim in held)
        yield Need(_("Held by you"), len(held), late, reverse("queue"), mine=True)
    yield from _cases(actor, at)
    yield from _referrals(actor, at)
    yield from _reports(actor)
    yield from _questions(actor, at)


def _cases(actor: Actor, at: datetime) -> Iterator[Need]:
    found, listed, load = cases(at=at), may(actor, P.LIST_ITEMS), may(actor, P.SEE_LOAD)
    for state, text in CASES:
        address = f"{reverse('items')}?show={state}" if listed else reverse("load") if load else ""
        if address:
            yield Need(text, found[state].total, found[state].late, address, most=COUNTED)
    if load:
        late = sum(tally.late for tally in found.values())
        yield Need(_("Cases past their term"), late, address=reverse("load"), grave=True, most=COUNTED)


def _referrals(actor: Actor, at: datetime) -> Iterator[Need]:
    if may(actor, P.LIST_REFERRALS):
        running, address = running_referrals(at=at), reverse("referrals")
        undecided, late = running["undecided"], sum(tally.late for tally in running.values())
        yield Need(_("Referrals past their term"), late, address=f"{address}?show=late", grave=True, most=COUNTED)
        to_decide = f"{address}?show=undecided"
        yield Need(_("Country to be decided"), undecided.total, undecided.late, to_decide, most=COUNTED)
        refused, to_settle = running["refused"], f"{address}?show=refused"
        yield Need(_("Referrals that a partner refused"), refused.total, refused.late, to_settle, most=COUNTED)


def _reports(actor: Actor) -> Iterator[Need]:
    found = waiting_reports()
    if may(actor, P.WRITE_TO_REPORTER):
        yield Need(_("Reporters who answered"), found["unread"], address="#answers" if found["unread"] else "")
    if may(actor, P.PLACE_REPORT):
        yield Need(_("Reports without an address"), found["unplaced"], address=reverse("unplaced"))


def _stuck(actor: Actor) -> Iterator[Need]:
    found = stuck()
    address = f"{reverse('load')}#stuck" if actor.house == "hotline" and may(actor, P.SEE_LOAD) else ""
    yield Need(_("Steps that are stuck"), found.deliveries, address=address if found.deliveries else "", grave=True)
    yield Need(_("Messages that are stuck"), found.messages, address=address if found.messages else "", grave=True)


def _lost(actor: Actor) -> Iterator[Need]:
    if may(actor, P.MANAGE_PEERS):
        yield Need(_("Messages that their sender lost"), count_lost(), address=reverse("peers"), grave=True)


def _untold(actor: Actor) -> Iterator[Need]:
    """Partners for whom something waits and who do not learn it."""
    if not may(actor, P.MANAGE_ACCOUNTS):
        return
    if silent := untold(mute=settings.MAILLON.smtp is None):
        yield Need(_("Partners for whom something waits and whom no mail tells"), len(silent), grave=True)
    if failed := unreached():
        yield Need(_("Partners whom the last mail did not reach"), len(failed), grave=True)


OF_HOUSE: Mapping[str, Callable[[Actor, datetime], Iterator[Need]]] = {"hotline": _hotline, "authority": _authority}
