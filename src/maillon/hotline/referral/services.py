"""Refer items: draft to whom the rules say, wait out the grace, send, note lateness, call back what no longer holds."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from maillon.access.permissions import Permission, check
from maillon.directory.queries import establishments
from maillon.hotline.analysis.queries import case as case_of
from maillon.hotline.analysis.queries import settled_case
from maillon.hotline.referral import events
from maillon.hotline.referral.policy import UNDETERMINED, Facts, Recipient, Route, route
from maillon.hotline.referral.queries import referral, reports_of, standing, undone
from maillon.hotline.referral.states import REFERRAL, Referral
from maillon.items.services import lock_item, lock_items
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.kernel.errors import ForbiddenStep, NotFound
from maillon.kernel.ids import uuid7
from maillon.kernel.kinds import Kind
from maillon.observation.queries import latest_locations
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, rows, run
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner, partner_of, queue_message
from maillon.rules.table import load
from maillon.rules.terms import Term, escalation, term

log = logging.getLogger("maillon.referral")


def refer(*, handed: Handed, by: Actor, clock: Clock, channels: Mapping[str, Channel]) -> None:
    """Bring the item's referrals in line with its settlement and location; cause: it was settled or located.

    Safe to repeat: what stands already and is still wanted is left alone, what is missing is drafted, what is no
    longer wanted is withdrawn, or called back where its recipient has it. Former records are never sent. An item not
    located yet waits for that: every lookup comes to a conclusion within minutes, and that calls this verb again.
    """
    if handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        item = lock_item(item_id=handed.item)
        case = settled_case(item_id=item["id"])
        if case is None or case["former"] or not item["country"]:
            return
        facts = _facts(item, case)
        matter = _Matter(item=item["id"], case=case, facts=facts, cause=handed.uid, by=by, at=at, channels=channels)
        held = standing(item_id=item["id"])
        wanted = route(facts) if facts.outcome == "illegal" else None
        _drop(matter, held, wanted)
        point("refer: dropped")
        if wanted is not None:
            stopped = [row for row in undone(item_id=item["id"]) if row["closed_at"] >= case["settled_at"]]
            _draft_missing(matter, [*held, *stopped], wanted)
        point("refer: drafted")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matter:
    """What is being referred: an item with its settled case and the facts of its place, and on what occasion."""

    item: UUID
    case: Row
    facts: Facts
    cause: UUID
    by: Actor
    at: datetime
    channels: Mapping[str, Channel]

    def says(self, row: Row) -> bool:
        """Whether a referral says what the settlement and the location say now."""
        theirs = (row["scheme"], row["version"], row["code"], row["severity"], sorted(row["flags"]))
        case = self.case
        ours = (case["scheme"], case["version"], case["code"], case["severity"], sorted(case["flags"]))
        place = (row["country"], row["provider_country"])
        return theirs == ours and place == (self.facts.country, self.facts.provider_country)

    def why_not(self, row: Row) -> str:
        """Why a referral holds no longer."""
        if self.case["outcome"] != row["outcome"]:
            return "settled as not illegal"
        if (row["country"], row["provider_country"]) != (self.facts.country, self.facts.provider_country):
            return "located elsewhere"
        return "settled otherwise"

    def danger(self) -> str:
        return _danger(self.case["flags"])


def _facts(item: Row, case: Row) -> Facts:
    located = latest_locations(item_ids=[item["id"]]).get(item["id"])
    on = brussels_day(case["settled_at"])
    asns = [asn for asn in located["asns"]] if located else []
    known = set(establishments(asns, on).values()) if asns else set()
    return Facts(
        outcome=case["outcome"],
        severity=case["severity"],
        flags=frozenset(case["flags"]),
        country=item["country"],
        provider_country=known.pop() if len(known) == 1 else "",
        on=on,
    )


def _drop(matter: _Matter, held: Sequence[Row], wanted: Route | None) -> None:
    """Close or call back what no longer holds. An earlier round's referrals hold while they say what is said now."""
    for row in held:
        of_this_round = row["case_id"] == matter.case["id"]
        if row["state"] == Referral.UNDECIDED:
            if not (wanted and wanted.undecided and of_this_round and matter.says(row)):
                verb, why = ("decide", "the place is known") if _place_known(wanted) else ("withdraw", "settled anew")
                _close(row, verb, why, matter.cause, matter.by, matter.at)
        elif wanted is not None and _still_wanted(matter, row, wanted):
            continue
        elif row["state"] == Referral.DRAFTED:
            _close(row, "withdraw", matter.why_not(row), matter.cause, matter.by, matter.at)
        else:
            _call_back(matter, row)


def _place_known(wanted: Route | None) -> bool:
    return wanted is not None and not wanted.undecided


def _still_wanted(matter: _Matter, row: Row, wanted: Route) -> bool:
    return matter.says(row) and any(
        (r.kind, r.purpose) == (row["partner_kind"], row["purpose"]) for r in wanted.recipients
    )


def _close(row: Row, verb: str, reason: str, cause: UUID | None, by: Actor, at: datetime) -> None:
    state = REFERRAL.step(row["state"], verb)
    run(
        "UPDATE referral_referral SET state = %s, reason = %s, closed_at = %s, due_at = NULL, send_at = NULL, "
        "escalate_at = NULL WHERE id = %s",
        [state, reason, at, row["id"]],
    )
    point("refer: closed")
    body = {"referral": str(row["id"]), "partner": row["partner"], "state": str(state), "reason": reason}
    record([NewEvent(kind=events.CLOSED, item=row["item_id"], body=body, happened_at=at, cause=cause)], by=by, at=at)


def _draft_missing(matter: _Matter, known: Sequence[Row], wanted: Route) -> None:
    """Draft what is wanted and not known yet; where nobody can tell the place, leave it to a person."""
    here = [row for row in known if row["case_id"] == matter.case["id"] and matter.says(row)]
    for recipient in wanted.recipients:
        if not any((r["partner_kind"], r["purpose"]) == (recipient.kind, recipient.purpose) for r in here):
            _draft(matter, recipient, wanted)
    if wanted.undecided and not any(row["state"] == Referral.UNDECIDED for row in here):
        _leave_undecided(matter, wanted)


INSERT = """
INSERT INTO referral_referral (house, id, item_id, case_id, round, purpose, partner, partner_kind, channel, state,
  reason, country, provider_country, scheme, version, code, outcome, severity, flags, rule, drafted_at, send_at, due_at,
  due_rule, escalate_at, steps, recalls, reported_at)
VALUES (%(house)s, %(id)s, %(item)s, %(case)s, %(round)s, %(purpose)s, %(partner)s, %(kind)s, %(channel)s, %(state)s,
  %(reason)s, %(country)s, %(provider)s, %(scheme)s, %(version)s, %(code)s, %(outcome)s, %(severity)s, %(flags)s,
  %(rule)s, %(at)s, %(send_at)s, %(due)s, %(due_rule)s, %(escalate)s, 0, %(recalls)s,
  (SELECT reported_at FROM items_item WHERE id = %(item)s))
"""


def _insert(matter: _Matter, due: Term, **row: object) -> UUID:
    """Write a referral's row; `row` gives what the settlement, the facts and the term do not."""
    case = matter.case
    step = escalation("referral", 1, due.due, danger=matter.danger() == "yes")
    id = uuid7(matter.at)
    params = {
        "house": matter.by.house,
        "id": id,
        "item": matter.item,
        "case": case["id"],
        "round": case["round"],
        "country": matter.facts.country,
        "provider": matter.facts.provider_country,
        "scheme": case["scheme"],
        "version": case["version"],
        "code": case["code"],
        "outcome": case["outcome"],
        "severity": case["severity"],
        "flags": sorted(case["flags"]),
        "at": matter.at,
        "due": due.due,
        "due_rule": due.rule.ref,
        "escalate": step.at if step else None,
        "reason": "",
        "recalls": None,
        **row,
    }
    run(INSERT, params)
    return id


def _draft(matter: _Matter, to: Recipient, wanted: Route) -> None:
    at, on = matter.at, brussels_day(matter.at)
    desk = partner_of(kind=to.kind, country=to.country, on=on, house=matter.by.house)
    channel, _ = channel_of(to=desk, on=on, channels=matter.channels)
    due = term("send_within", at, partner_kind=to.kind, danger=matter.danger())
    send_at = at + grace(at)
    row = {"purpose": to.purpose, "partner": desk.id, "kind": to.kind, "channel": channel}
    id = _insert(matter, due, **row, state=Referral.DRAFTED, rule=wanted.rule.ref, send_at=send_at)
    body = {
        "referral": str(id),
        "partner": desk.id,
        "purpose": to.purpose,
        "channel": channel,
        "country": matter.facts.country,
        "provider_country": matter.facts.provider_country,
        "severity": matter.case["severity"],
        "send_at": stamp(send_at),
        "due": stamp(due.due),
    }
    _record(matter, events.DRAFTED, body, wanted.rule.ref)


def _record(matter: _Matter, kind: Kind, body: dict[str, Any], rule: str = "") -> None:
    event = NewEvent(kind=kind, item=matter.item, body=body, happened_at=matter.at, cause=matter.cause, rule=rule)
    record([event], by=matter.by, at=matter.at)


def grace(at: datetime) -> timedelta:
    """How long a draft waits so that a person can undo it. Source: rules/tables/grace.toml"""
    return timedelta(seconds=load("grace").row(on=brussels_day(at)).number)


def _danger(flags: Sequence[str]) -> str:
    return "yes" if "imminent_danger" in flags else "no"


def _leave_undecided(matter: _Matter, wanted: Route) -> None:
    due = term("decide_within", matter.at, what="location", danger=matter.danger())
    row = {"purpose": "action", "partner": None, "kind": "", "channel": "", "send_at": None}
    reason = "undetermined"
    id = _insert(matter, due, **row, state=Referral.UNDECIDED, rule=wanted.rule.ref, reason=reason)
    _record(matter, events.UNDECIDED, {"referral": str(id), "reason": reason, "due": stamp(due.due)}, wanted.rule.ref)


def _call_back(matter: _Matter, row: Row) -> None:
    """The recipient of `row` learns that it holds no longer: a call-back of its own, acknowledged and escalated."""
    why, at = matter.why_not(row), matter.at
    state = REFERRAL.step(row["state"], "recall")
    desk = partner(id=row["partner"])
    channel, rule = channel_of(to=desk, on=brussels_day(at), channels=matter.channels)
    danger = _danger([*row["flags"], *matter.case["flags"]])
    due = term("send_within", at, partner_kind=desk.kind, danger=danger)
    run(
        "UPDATE referral_referral SET state = %s, reason = %s, closed_at = %s, due_at = NULL, escalate_at = NULL "
        "WHERE id = %s",
        [state, why, at, row["id"]],
    )
    said = {key: row[key] for key in ("scheme", "version", "code", "outcome", "severity", "flags")}
    id = _insert(
        matter, due, **said, purpose=row["purpose"], partner=desk.id, kind=desk.kind, channel=channel,
        state=Referral.DRAFTED, rule=rule, send_at=at, reason=why, recalls=row["id"],
    )  # fmt: skip
    body = {"referral": str(row["id"]), "partner": desk.id, "callback": str(id), "reason": why}
    _record(matter, events.RECALLED, body)


def undo_referral(*, id: UUID, reason: str, by: Actor, at: datetime) -> None:
    """Stop a draft within the grace. Raises NotAllowed, NotFound, ForbiddenStep once it is on its way."""
    with acting(by):
        check(by, Permission.UNDO_REFERRAL)
        found = referral(id=id)
        if found is None:
            raise NotFound(f"There is no referral {id}; `maillon referrals` lists them.")
        lock_item(item_id=found["item_id"])
        found = referral(id=id)
        assert found is not None
        REFERRAL.step(found["state"], "undo")
        if found["recalls"]:
            raise ForbiddenStep("A call-back cannot be undone: its recipient must learn what holds no longer.")
        _close(found, "undo", reason, None, by, at)


DUE = """
SELECT id, item_id, partner FROM referral_referral WHERE state = 'drafted' AND send_at <= %s
ORDER BY send_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""


def queue_due(*, by: Actor, at: datetime, skip_grace: bool = False, limit: int = 200) -> int:
    """Put every draft whose grace is over on its way; how many. `skip_grace` does not wait for it."""
    with acting(by):
        check(by, Permission.RUN_WORK)
        horizon = at + grace(at) + timedelta(seconds=1) if skip_grace else at
        wanted = rows(DUE.replace("FOR UPDATE SKIP LOCKED", ""), [horizon, limit])
        lock_items(item_ids=[row["item_id"] for row in wanted])
        due = rows(DUE, [horizon, limit])
        locked = {row["item_id"] for row in wanted}
        ready = [row for row in due if row["item_id"] in locked]
        for row in sorted(ready, key=lambda row: str(row["partner"])):  # partners too are locked in one order
            _queue_one(row["id"], by, at)
    point("queue: committed")
    return len(ready)


PUT_OFF = timedelta(minutes=5)


def _queue_one(id: UUID, by: Actor, at: datetime) -> None:
    """One draft in a savepoint of its own: one that cannot be queued is put off, and its lateness reaches a person."""
    found = referral(id=id)
    assert found is not None
    try:
        with transaction.atomic():
            _queue(found, by, at)
    except Exception:
        log.exception("the referral %s cannot be queued", id)
        run("UPDATE referral_referral SET send_at = %s WHERE id = %s", [at + PUT_OFF, id])


def _queue(row: Row, by: Actor, at: datetime) -> None:
    state = REFERRAL.step(row["state"], "queue")
    desk = partner(id=row["partner"])
    body = {
        "referral": str(row["id"]),
        "partner": row["partner"],
        "purpose": row["purpose"],
        "message_kind": "callback" if row["recalls"] else "referral",
    }
    event = NewEvent(kind=events.QUEUED, item=row["item_id"], body=body, happened_at=at, rule=row["due_rule"])
    cause = record([event], by=by, at=at)[0]
    point("queue: recorded")
    answer_by = term("acknowledge_within", at, partner_kind=desk.kind, danger=_danger(row["flags"]))
    content = _callback(row, answer_by, by) if row["recalls"] else _referral(row, answer_by, by)
    message = queue_message(
        to=desk.id,
        channel=row["channel"],
        item_id=row["item_id"],
        kind=body["message_kind"],
        version=1,
        about=row["id"],
        body=content,
        cause=cause,
        by=by,
        at=at,
    )
    point("queue: message written")
    run(
        "UPDATE referral_referral SET state = %s, message_id = %s, send_at = NULL WHERE id = %s",
        [state, message, row["id"]],
    )
    point("queue: queued")


def _item(item_id: UUID, by: Actor) -> dict[str, Any]:
    item = lock_item(item_id=item_id)
    about = {"owner": by.house, "ref": str(item["id"]), "kind": item["kind"]}
    return {**about, "given": item["url"], "canonical": item["canonical"]}


def _assessment(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("scheme", "version", "code", "outcome", "severity", "flags")}


def _referral(row: Row, answer_by: Term, by: Actor) -> dict[str, Any]:
    located = latest_locations(item_ids=[row["item_id"]]).get(row["item_id"])
    return {
        "referral": str(row["id"]),
        "purpose": row["purpose"],
        "recipient_kind": row["partner_kind"],
        "item": _item(row["item_id"], by),
        "assessment": _assessment(row),
        "location": {
            "country": row["country"] or UNDETERMINED,
            "reason": located["reason"] if located else "not located yet",
            "observed_at": stamp(located["observed_at"]) if located else None,
            "provider_country": row["provider_country"],
        },
        "reports": [
            {"reference": r["reference"], "received_at": stamp(r["received_at"])}
            for r in reports_of(item_id=row["item_id"])
        ],
        "acknowledge_by": stamp(answer_by.due),
        "rule": row["rule"],
    }


def _callback(row: Row, answer_by: Term, by: Actor) -> dict[str, Any]:
    earlier, settled = referral(id=row["recalls"]), case_of(case_id=row["case_id"])
    assert earlier is not None
    assert settled is not None
    return {
        "referral": str(row["id"]),
        "recalls": str(earlier["id"]),
        "recalls_message": str(earlier["message_id"]),
        "recipient_kind": row["partner_kind"],
        "reason": row["reason"],
        "item": _item(row["item_id"], by),
        "before": _assessment(earlier),
        "now": _assessment(settled),
        "acknowledge_by": stamp(answer_by.due),
        "rule": row["rule"],
    }


def note_sent(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """The channel took the message: the partner's term to acknowledge runs. Safe to repeat."""
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(UUID(handed.body["about"]))
        if row is None or row["state"] != Referral.QUEUED:
            return
        danger = _danger(row["flags"])
        due = term("acknowledge_within", handed.happened_at, partner_kind=row["partner_kind"], danger=danger)
        step = escalation("referral", 1, due.due, danger=danger == "yes")
        run(
            "UPDATE referral_referral SET state = %s, sent_at = %s, due_at = %s, due_rule = %s, steps = 0, "
            "escalate_at = %s WHERE id = %s",
            [
                REFERRAL.step(row["state"], "send"),
                handed.happened_at,
                due.due,
                due.rule.ref,
                step.at if step else None,
                row["id"],
            ],
        )
        point("refer: noted sent")
        body = {"referral": str(row["id"]), "partner": row["partner"], "due": stamp(due.due)}
        event = NewEvent(
            kind=events.SENT, item=row["item_id"], body=body, happened_at=at, cause=handed.uid, rule=due.rule.ref
        )
        record([event], by=by, at=at)


def take_acknowledgement(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A partner's acknowledgement arrived for one of our messages. Safe to repeat; other messages are passed by."""
    if handed.body["kind"] != "acknowledgement":
        return
    at, said = clock.now(), handed.body["body"]
    with acting(by):
        check(by, Permission.RUN_WORK)
        row = _locked(UUID(said["referral"]))
        if row is None or row["state"] not in (Referral.QUEUED, Referral.SENT):
            return
        run(
            "UPDATE referral_referral SET state = %s, acknowledged_at = %s, due_at = NULL, escalate_at = NULL, "
            "sent_at = coalesce(sent_at, %s) WHERE id = %s",
            [REFERRAL.step(row["state"], "acknowledge"), said["acknowledged_at"], at, row["id"]],
        )
        point("refer: noted acknowledged")
        body = {
            "referral": str(row["id"]),
            "partner": row["partner"],
            "acknowledged_by": said["acknowledged_by"],
            "acknowledged_at": said["acknowledged_at"],
        }
        event = NewEvent(kind=events.ACKNOWLEDGED, item=row["item_id"], body=body, happened_at=at, cause=handed.uid)
        record([event], by=by, at=at)


def _locked(id: UUID) -> Row | None:
    """The referral, its item locked first as everywhere."""
    found = referral(id=id)
    if found is None:
        return None
    lock_item(item_id=found["item_id"])
    return referral(id=id)


LATE = """
SELECT id, item_id FROM referral_referral WHERE escalate_at <= %s ORDER BY escalate_at LIMIT %s
"""


def escalate_late(*, by: Actor, at: datetime, limit: int = 100) -> int:
    """Take the next step for every referral past its term, once per step; how many.

    Source: rules/tables/escalate.toml
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        taken, late = 0, rows(LATE, [at, limit])
        lock_items(item_ids=[found["item_id"] for found in late])
        for found in late:
            row = _locked(found["id"])
            if row is not None and row["escalate_at"] is not None and row["escalate_at"] <= at:
                _escalate(row, by, at)
                taken += 1
        return taken


def _escalate(row: Row, by: Actor, at: datetime) -> None:
    number, danger = int(row["steps"]) + 1, _danger(row["flags"]) == "yes"
    step = escalation("referral", number, row["due_at"] if number == 1 else row["escalate_at"], danger=danger)
    following = escalation("referral", number + 1, row["escalate_at"], danger=danger)
    run(
        "UPDATE referral_referral SET steps = %s, escalate_at = %s WHERE id = %s",
        [number, following.at if following else None, row["id"]],
    )
    point("late referral: step taken")
    body = {
        "referral": str(row["id"]),
        "partner": row["partner"],
        "state": row["state"],
        "step": number,
        "to": step.to if step else "",
        "due": stamp(row["due_at"]),
    }
    rule = step.rule.ref if step else ""
    record([NewEvent(kind=events.LATE, item=row["item_id"], body=body, happened_at=at, rule=rule)], by=by, at=at)
