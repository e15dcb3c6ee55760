"""The chain, on one page: when this happened in this house, that verb comes next.

Start reading here. A row says: in `house`, an event of `kind` is handed to `verb`, under the name `handler` that
stands in the database with each delivery. Events that ask nothing of anybody are marked `final` where they are
declared. What passes from one house to another is a message: `partners` sends it, and it arrives there as the event
`message_received`. What must hold at once is no handover: reports hide with the items of which they speak in the
transaction that demands a clearance (`items.demands.follow`).
"""

from collections.abc import Callable, Mapping
from functools import cache, wraps
from typing import Any, NamedTuple

from django.conf import settings

from maillon.access import events as access
from maillon.authority.decision import events as decision
from maillon.authority.decision import services as deciding
from maillon.authority.inbox import events as inbox
from maillon.authority.inbox.services import answer_sender, free_matters, take_in
from maillon.evidence.settling import follow
from maillon.hotline.analysis import events as analysis
from maillon.hotline.analysis.claiming import free_claims
from maillon.hotline.analysis.services import note_known, note_urgency, open_cases
from maillon.hotline.intake import events as intake
from maillon.hotline.intake.placing import file_reports
from maillon.hotline.referral import events as referral
from maillon.hotline.referral.services import (
    end_hold,
    note_sent,
    refer,
    refer_instead,
    take_acknowledgement,
    take_hold,
    take_outcome,
    take_refusal,
    withdraw_drafts,
)
from maillon.items.batches import each
from maillon.kernel.kinds import Kind
from maillon.observation import events as observation
from maillon.observation.services import locate_capture, request_locations
from maillon.outbox.registry import Verb, register
from maillon.partners import events as messages
from maillon.partners.channels import Channel, Surroundings, open_channels
from maillon.partners.questions import send_answer, send_question, take_answer, take_question
from maillon.partners.statements import send_statement, take_statement


class Handover(NamedTuple):
    """One row of the chain."""

    house: str
    kind: Kind
    handler: str
    verb: Verb
    then: str


@cache
def channels() -> Mapping[str, Channel]:
    """The channels of this installation."""
    here = settings.MAILLON
    return open_channels(Surroundings(houses=here.houses, folder=here.outbox, keys=here.keys))


@cache
def sending(verb: Callable[..., None]) -> Verb:
    """A batch verb that calls `verb` with one event after another, and with the channels of this installation."""

    @wraps(verb)
    def sent(**given: Any) -> None:
        verb(**given, channels=channels())

    return each(sent)


HANDOVERS = (
    # The hotline: what was submitted finds its items. A report is located and assessed side by side; both lead to the
    # referral.
    Handover("hotline", intake.SUBMITTED, "intake.file", file_reports, "find the items it speaks of"),
    Handover("hotline", intake.REPORTED, "observation.locate", request_locations, "find where the item is hosted"),
    Handover("hotline", intake.REPORTED, "analysis.open", open_cases, "an analyst's opinion is needed"),
    Handover("hotline", intake.REPORTED_AGAIN, "analysis.urgency", note_urgency, "it may state more than was known"),
    Handover("hotline", analysis.SETTLED, "referral.refer", sending(refer), "tell whoever must act"),
    Handover("hotline", analysis.UNSETTLED, "referral.doubt", each(withdraw_drafts), "what was not sent stays here"),
    Handover("hotline", analysis.OPINION_WITHDRAWN, "referral.undo", each(withdraw_drafts), "likewise"),
    # What was fetched opens for the hotline while the item is under assessment.
    Handover("hotline", analysis.SETTLED, "evidence.follow", follow, "the hotline's keys end after the grace"),
    Handover("hotline", analysis.UNSETTLED, "evidence.follow", follow, "they end no more"),
    Handover("hotline", analysis.OPINION_WITHDRAWN, "evidence.follow", follow, "likewise, or as before"),
    Handover("hotline", intake.REPORTED, "evidence.follow", follow, "likewise, where it opened the item again"),
    Handover("hotline", observation.CAPTURED, "observation.capture", locate_capture, "it may have led elsewhere"),
    Handover("hotline", observation.KNOWN_FOUND, "analysis.known", note_known, "an analyst looks sooner"),
    Handover("hotline", observation.LOCATED, "referral.reroute", sending(refer), "to whom it goes may have changed"),
    Handover("hotline", messages.SENT, "referral.sent", each(note_sent), "the partner's term runs"),
    Handover("hotline", messages.RECEIVED, "referral.answer", each(take_acknowledgement), "the partner took note"),
    Handover("hotline", messages.RECEIVED, "referral.refused", each(take_refusal), "a person says what becomes of it"),
    Handover("hotline", messages.RECEIVED, "referral.outcome", each(take_outcome), "what the authority made of it"),
    Handover("hotline", messages.RECEIVED, "referral.hold", each(take_hold), "notices abroad wait"),
    Handover("hotline", messages.RECEIVED, "referral.release", each(end_hold), "notices abroad go out"),
    Handover("hotline", referral.RESOLVED, "referral.instead", sending(refer_instead), "the police gets it instead"),
    Handover("hotline", messages.RECEIVED, "partners.figures", each(take_statement), "their figures beside ours"),
    Handover("hotline", access.ACCOUNT_LEFT, "analysis.leave", free_claims, "their claims are anybody's"),
    # The authority: what arrives waits in the inbox; taking note of it is told to its sender.
    Handover("authority", messages.RECEIVED, "inbox.take_in", each(take_in), "somebody must take note"),
    Handover("authority", inbox.ACKNOWLEDGED, "inbox.answer", sending(answer_sender), "tell the sender"),
    Handover("authority", inbox.REFUSED, "inbox.refuse", sending(answer_sender), "tell the sender why"),
    Handover("authority", access.ACCOUNT_LEFT, "inbox.leave", each(free_matters), "their matters wait for others"),
    # What the public prosecutor decides is told to the hotline, what is to be done to providers.
    Handover(
        "authority", inbox.RECALLED, "decision.recall", each(deciding.note_recalled), "the magistrate looks again"
    ),
    Handover("authority", decision.REQUESTED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.WITHDRAWN, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.APPROVED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.DISOWNED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.LAPSED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.ORDERED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.EXTENDED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.EXPIRED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.LIFTED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.REFUSED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.LEFT_ONLINE, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.REVIEW_DUE, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.MEASURE_DONE, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.MEASURE_ENDED, "decision.tell", sending(deciding.tell), "tell the hotline"),
    Handover("authority", decision.HELD, "decision.tell", sending(deciding.tell), "notices abroad wait"),
    Handover("authority", decision.RELEASED, "decision.tell", sending(deciding.tell), "notices abroad go out"),
    Handover(
        "authority",
        decision.MEASURE_ASKED,
        "decision.instruct",
        sending(deciding.instruct),
        "the provider carries it out",
    ),
    Handover(
        "authority",
        decision.MEASURE_KEPT,
        "decision.instruct",
        sending(deciding.instruct),
        "the provider learns what holds now",
    ),
    Handover(
        "authority", decision.MEASURE_ENDING, "decision.instruct", sending(deciding.instruct), "the provider undoes it"
    ),
    Handover("authority", messages.RECEIVED, "decision.answer", each(deciding.take_answer), "a provider answered"),
    Handover("authority", messages.FIGURES_STATED, "partners.state", sending(send_statement), "tell the hotline"),
    # Either house asks back and is asked.
    Handover("authority", messages.ASKED, "questions.ask", sending(send_question), "ask the partner"),
    Handover("authority", messages.RECEIVED, "questions.answered", each(take_answer), "the partner answered"),
    Handover("authority", messages.RECEIVED, "questions.asked", each(take_question), "a person answers"),
    Handover("authority", messages.ANSWERED, "questions.answer", sending(send_answer), "tell whoever asked"),
    Handover("hotline", messages.RECEIVED, "questions.asked", each(take_question), "a person answers"),
    Handover("hotline", messages.ANSWERED, "questions.answer", sending(send_answer), "tell whoever asked"),
)


def register_all() -> None:
    """Tell the outbox which verbs there are; once, when the program starts."""
    for row in HANDOVERS:
        register(house=row.house, kind=row.kind.name, handler=row.handler, verb=row.verb)
