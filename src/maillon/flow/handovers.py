"""The chain, on one page: when this happened in this house, that verb comes next.

Start reading here. A row says: in `house`, an event of `kind` is handed to `verb`, under the name `handler` that
stands in the database with each delivery. Events that ask nothing of anybody are marked `final` where they are
declared. What passes from one house to another is a message: `partners` sends it, and it arrives there as the event
`message_received`. What must hold at once is no handover: reports hide with the items of which they speak in the
transaction that demands a clearance (`items.demands.follow`).
"""

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from django.conf import settings

from maillon.access import events as access
from maillon.authority.decision import events as decision
from maillon.authority.decision import services as deciding
from maillon.authority.inbox import events as inbox
from maillon.authority.inbox.services import answer_sender, free_matters, take_in
from maillon.hotline.analysis import events as analysis
from maillon.hotline.analysis.claiming import free_claims
from maillon.hotline.analysis.services import note_urgency, open_cases
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
from maillon.kernel.clock import Clock
from maillon.kernel.kinds import Kind
from maillon.observation import events as observation
from maillon.observation.services import request_locations
from maillon.outbox.acting import Actor
from maillon.outbox.registry import Handed, Verb, register
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


def refer_item(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Bring an item's referrals in line with what is known of it."""
    refer(handed=handed, by=by, clock=clock, channels=channels())


def refer_to_police(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Send to the federal police what its partner refused."""
    refer_instead(handed=handed, by=by, clock=clock, channels=channels())


def answer_arrival(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Tell whoever sent something what became of it."""
    answer_sender(handed=handed, by=by, clock=clock, channels=channels())


def put_question(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Put a question to the partner that it is for."""
    send_question(handed=handed, by=by, clock=clock, channels=channels())


def put_answer(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Give an answer to the partner that asked."""
    send_answer(handed=handed, by=by, clock=clock, channels=channels())


def tell_hotline(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Tell the hotline what the authority decided about what it sent."""
    deciding.tell(handed=handed, by=by, clock=clock, channels=channels())


def instruct_provider(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Tell a provider what to do under which order, or that it holds no longer."""
    deciding.instruct(handed=handed, by=by, clock=clock, channels=channels())


TELL, INSTRUCT = each(tell_hotline), each(instruct_provider)
"""Verbs of several rows."""


def send_figures(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """Tell the hotline the authority's figures of a year."""
    send_statement(handed=handed, by=by, clock=clock, channels=channels())


HANDOVERS = (
    # The hotline: what was submitted finds its items. A report is located and assessed side by side; both lead to the
    # referral.
    Handover("hotline", intake.SUBMITTED, "intake.file", file_reports, "find the items it speaks of"),
    Handover("hotline", intake.REPORTED, "observation.locate", request_locations, "find where the item is hosted"),
    Handover("hotline", intake.REPORTED, "analysis.open", open_cases, "an analyst's opinion is needed"),
    Handover("hotline", intake.REPORTED_AGAIN, "analysis.urgency", note_urgency, "it may state more than was known"),
    Handover("hotline", analysis.SETTLED, "referral.refer", each(refer_item), "tell whoever must act"),
    Handover("hotline", analysis.UNSETTLED, "referral.doubt", each(withdraw_drafts), "what was not sent stays here"),
    Handover("hotline", analysis.OPINION_WITHDRAWN, "referral.undo", each(withdraw_drafts), "likewise"),
    Handover("hotline", observation.LOCATED, "referral.reroute", each(refer_item), "to whom it goes may have changed"),
    Handover("hotline", messages.SENT, "referral.sent", each(note_sent), "the partner's term runs"),
    Handover("hotline", messages.RECEIVED, "referral.answer", each(take_acknowledgement), "the partner took note"),
    Handover("hotline", messages.RECEIVED, "referral.refused", each(take_refusal), "a person says what becomes of it"),
    Handover("hotline", messages.RECEIVED, "referral.outcome", each(take_outcome), "what the authority made of it"),
    Handover("hotline", messages.RECEIVED, "referral.hold", each(take_hold), "notices abroad wait"),
    Handover("hotline", messages.RECEIVED, "referral.release", each(end_hold), "notices abroad go out"),
    Handover("hotline", referral.RESOLVED, "referral.instead", each(refer_to_police), "the police gets it instead"),
    Handover("hotline", messages.RECEIVED, "partners.figures", each(take_statement), "their figures beside ours"),
    Handover("authority", messages.FIGURES_STATED, "partners.state", each(send_figures), "tell the hotline"),
    Handover("hotline", access.ACCOUNT_LEFT, "analysis.leave", free_claims, "their claims are anybody's"),
    # The authority: what arrives waits in the inbox; taking note of it is told to its sender.
    Handover("authority", messages.RECEIVED, "inbox.take_in", each(take_in), "somebody must take note"),
    Handover("authority", inbox.ACKNOWLEDGED, "inbox.answer", each(answer_arrival), "tell the sender"),
    Handover("authority", inbox.REFUSED, "inbox.refuse", each(answer_arrival), "tell the sender why"),
    Handover("authority", access.ACCOUNT_LEFT, "inbox.leave", each(free_matters), "their matters wait for others"),
    # What the public prosecutor decides is told to the hotline, what is to be done to providers.
    Handover(
        "authority", inbox.RECALLED, "decision.recall", each(deciding.note_recalled), "the magistrate looks again"
    ),
    Handover("authority", decision.REQUESTED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.WITHDRAWN, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.APPROVED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.DISOWNED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.LAPSED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.ORDERED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.EXTENDED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.EXPIRED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.LIFTED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.REFUSED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.LEFT_ONLINE, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.REVIEW_DUE, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.MEASURE_DONE, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.MEASURE_ENDED, "decision.tell", TELL, "tell the hotline"),
    Handover("authority", decision.HELD, "decision.tell", TELL, "notices abroad wait"),
    Handover("authority", decision.RELEASED, "decision.tell", TELL, "notices abroad go out"),
    Handover("authority", decision.MEASURE_ASKED, "decision.instruct", INSTRUCT, "the provider carries it out"),
    Handover("authority", decision.MEASURE_KEPT, "decision.instruct", INSTRUCT, "the provider learns what holds now"),
    Handover("authority", decision.MEASURE_ENDING, "decision.instruct", INSTRUCT, "the provider undoes it"),
    Handover("authority", messages.RECEIVED, "decision.answer", each(deciding.take_answer), "a provider answered"),
    # Either house asks back and is asked.
    Handover("authority", messages.ASKED, "questions.ask", each(put_question), "ask the partner"),
    Handover("authority", messages.RECEIVED, "questions.answered", each(take_answer), "the partner answered"),
    Handover("authority", messages.RECEIVED, "questions.asked", each(take_question), "a person answers"),
    Handover("authority", messages.ANSWERED, "questions.answer", each(put_answer), "tell whoever asked"),
    Handover("hotline", messages.RECEIVED, "questions.asked", each(take_question), "a person answers"),
    Handover("hotline", messages.ANSWERED, "questions.answer", each(put_answer), "tell whoever asked"),
)


def register_all() -> None:
    """Tell the outbox which verbs there are; once, when the program starts."""
    for row in HANDOVERS:
        register(house=row.house, kind=row.kind.name, handler=row.handler, verb=row.verb)
