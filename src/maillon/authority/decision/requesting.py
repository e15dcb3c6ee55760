"""The police ask the public prosecutor, and may ask no longer."""

from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.authority.decision import events
from maillon.authority.decision.finding import request_of
from maillon.authority.decision.moving import moved_on
from maillon.authority.decision.policy import LANGUAGES, OFFICES, PROVIDERS, check_words, decide_by, provision
from maillon.authority.decision.queries import office
from maillon.authority.decision.states import OPEN, Request
from maillon.items.services import lock_item, share_item
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import Row, one, run

INSERT = """
INSERT INTO decision_request (house, id, item_id, kind, office, language, reasons, legal_basis, urgent, severity, state,
  requested_by, requested_at, due_at, due_rule, escalate_at, steps, decided_by, words)
VALUES (%(house)s, %(id)s, %(item)s, %(kind)s, %(office)s, %(language)s, %(reasons)s, %(basis)s, %(urgent)s,
  %(severity)s, 'requested', %(by)s, %(at)s, %(due)s, %(rule)s, %(escalate)s, 0, '', '')
"""

GRAVEST = """
SELECT max(severity) AS severity, coalesce(bool_or('imminent_danger' = ANY(flags)), false) AS danger
FROM inbox_arrival WHERE item_id = %s AND state <> 'recalled'
"""


def request_decision(
    *, item_id: UUID, kind: str, office: str, language: str, reasons: str, urgent: bool = False, by: Actor, at: datetime
) -> UUID:
    """Ask an office of the public prosecutor for one kind of measure on one item; the request's id.

    `language` (fr or nl) is that of the decision. Imminent danger that the hotline stated makes it urgent.
    Raises NotAllowed, NotFound, BadInput, also where the same is asked already or ordered.
    """
    with acting(by):
        check(by, Permission.REQUEST_DECISION)
        lock_item(item_id=item_id)
        _check(kind, office, language)
        words = check_words(reasons, "A request")
        _check_not_asked(item_id, kind)
        known = one(GRAVEST, [item_id]) or {}
        hasty = urgent or bool(known["danger"])
        late, id = decide_by(at, urgent=hasty), uuid7(at)
        params = {
            "house": by.house,
            "id": id,
            "item": item_id,
            "kind": kind,
            "office": office,
            "language": language,
            "reasons": words,
            "basis": provision(kind, at).ref,
            "urgent": hasty,
            "severity": known["severity"],
            "by": by.name,
            "at": at,
            "due": late.due,
            "rule": late.rule,
            "escalate": late.escalate,
        }
        run(INSERT, params)
        share_item(item_id=item_id, organisation=office)
        point("request: written")
        body = {
            "request": str(id),
            "kind": kind,
            "office": office,
            "urgent": hasty,
            "severity": known["severity"],
            "due": stamp(late.due),
        }
        event = NewEvent(kind=events.REQUESTED, item=item_id, body=body, happened_at=at, rule=late.rule)
        record([event], by=by, at=at)
        point("request: recorded")
        return id


def withdraw_request(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Ask no longer. Raises NotAllowed, NotFound, BadInput, ForbiddenStep once a magistrate has said something."""
    with acting(by):
        check(by, Permission.REQUEST_DECISION)
        why, row = check_words(reason, "Withdrawing a request"), request_of(id, by, at)
        moved_on([(id, row["state"])], "withdraw")
        body = {"request": str(id), "kind": row["kind"], "reason": why}
        record([NewEvent(kind=events.WITHDRAWN, item=row["item_id"], body=body, happened_at=at)], by=by, at=at)


def _check(kind: str, wanted: str, language: str) -> None:
    if kind not in PROVIDERS:
        raise BadInput(f"{kind!r} is no kind of measure; choose from {', '.join(PROVIDERS)}.")
    if language not in LANGUAGES:
        raise BadInput(f"{language!r} is no language of decisions; choose from {', '.join(LANGUAGES)}.")
    if office(id=wanted) is None:
        raise BadInput(f"{wanted} is no office of the public prosecutor ({', '.join(OFFICES)}); choose another.")


def _check_not_asked(item_id: UUID, kind: str) -> None:
    found: Row | None = one(
        "SELECT id, state FROM decision_request WHERE item_id = %s AND kind = %s AND state = ANY(%s)",
        [item_id, kind, [*OPEN, Request.ORDERED]],
    )
    if found is not None:
        raise BadInput(f"The {kind} of this item is {found['state']} already; see the request {found['id']}.")
