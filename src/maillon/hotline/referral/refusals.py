"""A partner refused a referral: a person says what becomes of it, within a term."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis.overriding import BY_PERSON
from maillon.hotline.analysis.queries import settled_case
from maillon.hotline.referral import events
from maillon.hotline.referral.answering import answered
from maillon.hotline.referral.closing import locked
from maillon.hotline.referral.drafting import draft
from maillon.hotline.referral.matters import Matter, danger_of, facts_of
from maillon.hotline.referral.policy import Recipient
from maillon.hotline.referral.queries import standing
from maillon.hotline.referral.states import REFERRAL, Referral
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep, NotFound
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, run
from maillon.partners.channels import Channel
from maillon.rules.terms import escalated_at, term

WAYS = ("police", "closed")
"""What may become of it: the federal police gets it to act on instead, or nobody does."""

LONGEST_REASON = 500
POLICE = Recipient(kind="federal_police", country="", purpose="action")

REFUSE = """
UPDATE referral_referral SET state = %s, refusal = %s, due_at = %s, due_rule = %s, steps = 0, escalate_at = %s,
  sent_at = coalesce(sent_at, %s) WHERE id = %s
"""

RESOLVE = """
UPDATE referral_referral SET state = %s, reason = %s, closed_at = %s, due_at = NULL, escalate_at = NULL WHERE id = %s
"""


def take_refusal(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A partner refused one of our messages. Safe to repeat; other messages, and other partners', are passed by.

    Whoever decides has the term of rules/tables/decide_within.toml.
    """
    if handed.body["kind"] != "refusal":
        return
    at, said = clock.now(), handed.body["body"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = answered(handed)
        if row is None:
            return
        danger = danger_of(row["flags"])
        due = term("decide_within", at, what="refusal", danger=danger)
        state = REFERRAL.step(row["state"], "refuse")
        escalate = escalated_at("referral", due.due, danger=danger == "yes")
        run(REFUSE, [state, said["reason"], due.due, due.rule.ref, escalate, at, row["id"]])
        point("refer: noted refused")
        body = {
            "referral": str(row["id"]),
            "partner": row["partner"],
            "refused_by": said["refused_by"],
            "refusal": said["reason"],
            "due": stamp(due.due),
        }
        event = NewEvent(
            kind=events.REFUSED, item=row["item_id"], body=body, happened_at=at, cause=handed.uid, rule=due.rule.ref
        )
        record([event], by=by, at=at)


def settle_refused(*, referral_id: UUID, how: str, reason: str, by: Actor, at: datetime) -> None:
    """Say what becomes of a refused referral: one of `WAYS`, for a reason.

    Raises NotAllowed, NotFound, BadInput, ForbiddenStep where nobody refused it, or the police has it to act on.
    """
    with acting(by):
        check(by, Permission.DECIDE_REFUSED)
        if how not in WAYS:
            raise BadInput(f"{how!r} is not what can become of it; choose from {', '.join(WAYS)}.")
        if not reason.strip() or len(reason) > LONGEST_REASON:
            raise BadInput(f"Give a reason of at most {LONGEST_REASON} characters; it is kept with the change.")
        row = locked(referral_id)
        if row is None:
            raise NotFound(f"There is no referral {referral_id}; `maillon referrals` lists them.")
        state = REFERRAL.step(row["state"], "resolve")
        if how == "police":
            _refuse_twice_to_the_police(row)
        run(RESOLVE, [state, reason.strip(), at, referral_id])
        point("refer: resolved")
        body = {"referral": str(referral_id), "partner": row["partner"], "how": how, "reason": reason.strip()}
        record([NewEvent(kind=events.RESOLVED, item=row["item_id"], body=body, happened_at=at)], by=by, at=at)


def refer_instead(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """A person sends to the federal police what a partner refused: draft it, unless it holds no longer.

    Safe to repeat.
    """
    if handed.body["how"] != "police" or handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        item, refused = lock_item(item_id=handed.item), locked(UUID(handed.body["referral"]))
        case = settled_case(item_id=handed.item)
        if case is None or refused is None or refused["state"] != Referral.RESOLVED or has_the_police(refused):
            return
        facts = facts_of(item, case)
        matter = Matter(item=item["id"], case=case, facts=facts, cause=handed.uid, by=by, at=at, channels=channels)
        if matter.says(refused):
            draft(matter, POLICE, rule=BY_PERSON)


def has_the_police(row: Row) -> bool:
    """Whether the federal police has, or will have, this item to act on."""
    known = [(one["partner_kind"], one["purpose"]) for one in standing(item_id=row["item_id"])]
    return (POLICE.kind, POLICE.purpose) in known


def _refuse_twice_to_the_police(row: Row) -> None:
    if row["recalls"]:
        raise ForbiddenStep("What was refused is a call-back; close it, the police never had what it takes back.")
    if row["outcome"] != "illegal" or has_the_police(row):
        raise ForbiddenStep("The federal police was sent this item to act on already; close what was refused instead.")
