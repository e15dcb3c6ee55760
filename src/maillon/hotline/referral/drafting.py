"""Draft referrals to whom the rules say, and drop what is no longer wanted."""

from collections.abc import Mapping, Sequence

from maillon.access.permissions import Permission, check
from maillon.hotline.analysis.overriding import BY_PERSON
from maillon.hotline.analysis.queries import settled_case
from maillon.hotline.referral import events
from maillon.hotline.referral.closing import close
from maillon.hotline.referral.holds import hold_back
from maillon.hotline.referral.matters import Matter, facts_of, insert, tell
from maillon.hotline.referral.policy import Recipient, Route, route
from maillon.hotline.referral.queries import standing, undone
from maillon.hotline.referral.recalling import call_back
from maillon.hotline.referral.states import Referral
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock, brussels_day
from maillon.kernel.crash import point
from maillon.observation.queries import latest_locations
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import stamp
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row
from maillon.partners.channels import Channel
from maillon.partners.services import channel_of, partner_of
from maillon.rules.terms import grace, term


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
        facts = facts_of(item, case)
        matter = Matter(item=item["id"], case=case, facts=facts, cause=handed.uid, by=by, at=at, channels=channels)
        held = standing(item_id=item["id"])
        wanted = route(facts) if facts.outcome == "illegal" else None
        _tell_moved(matter, held)
        _drop(matter, held, wanted)
        point("refer: dropped")
        if wanted is not None:
            stopped = [row for row in undone(item_id=item["id"]) if row["closed_at"] >= case["settled_at"]]
            _draft_missing(matter, [*held, *stopped], wanted)
            hold_back(item_id=item["id"])
        point("refer: drafted")


def _tell_moved(matter: Matter, held: Sequence[Row]) -> None:
    """Say from where to where an item moved that was already on somebody's table: whoever follows it sees why."""
    moved = [row for row in held if row["state"] != Referral.UNDECIDED and not matter.placed(row)]
    if not moved or matter.facts.outcome != "illegal":
        return
    located = latest_locations(item_ids=[matter.item]).get(matter.item)
    body = {
        "country_before": moved[-1]["country"],
        "provider_before": moved[-1]["provider_country"],
        "country": matter.facts.country,
        "provider_country": matter.facts.provider_country,
        "reason": located["reason"] if located else "",
        "method": located["method"] if located else "",
    }
    tell(matter, events.REROUTED, body)


def _drop(matter: Matter, held: Sequence[Row], wanted: Route | None) -> None:
    """Close or call back what no longer holds. An earlier round's referrals hold while they say what is said now."""
    for row in held:
        of_this_round = row["case_id"] == matter.case["id"]
        if row["state"] == Referral.UNDECIDED:
            if not (wanted and wanted.undecided and of_this_round and matter.says(row)):
                verb, why = ("decide", "the place is known") if _place_known(wanted) else ("withdraw", "settled anew")
                close(row, verb, why, matter.cause, matter.by, matter.at)
        elif wanted is not None and _still_wanted(matter, row, wanted):
            continue
        elif row["state"] == Referral.DRAFTED:
            close(row, "withdraw", matter.why_not(row), matter.cause, matter.by, matter.at)
        else:
            call_back(matter, row)


def _place_known(wanted: Route | None) -> bool:
    return wanted is not None and not wanted.undecided


def _still_wanted(matter: Matter, row: Row, wanted: Route) -> bool:
    named = any((r.kind, r.purpose) == (row["partner_kind"], row["purpose"]) for r in wanted.recipients)
    return matter.says(row) and (named or row["rule"] == BY_PERSON)


def _draft_missing(matter: Matter, known: Sequence[Row], wanted: Route) -> None:
    """Draft what is wanted and not known yet; where nobody can tell the place, leave it to a person."""
    here = [row for row in known if row["case_id"] == matter.case["id"] and matter.says(row)]
    for recipient in wanted.recipients:
        if not any((r["partner_kind"], r["purpose"]) == (recipient.kind, recipient.purpose) for r in here):
            draft(matter, recipient, rule=wanted.rule.ref)
    if wanted.undecided and not any(row["state"] == Referral.UNDECIDED for row in here):
        _leave_undecided(matter, wanted)


def draft(matter: Matter, to: Recipient, *, rule: str) -> None:
    """Draft the referral to one recipient, whom `rule` names; the caller holds the item's lock."""
    at, on = matter.at, brussels_day(matter.at)
    desk = partner_of(kind=to.kind, country=to.country, on=on, house=matter.by.house)
    channel, _ = channel_of(to=desk, on=on, channels=matter.channels)
    due = term("send_within", at, partner_kind=to.kind, danger=matter.danger())
    send_at = at + grace(at)
    row = {"purpose": to.purpose, "partner": desk.id, "kind": to.kind, "channel": channel}
    id = insert(matter, due, **row, state=Referral.DRAFTED, rule=rule, send_at=send_at)
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
    tell(matter, events.DRAFTED, body, rule)


def _leave_undecided(matter: Matter, wanted: Route) -> None:
    due = term("decide_within", matter.at, what="location", danger=matter.danger())
    row = {"purpose": "action", "partner": None, "kind": "", "channel": "", "send_at": None}
    reason = "undetermined"
    id = insert(matter, due, **row, state=Referral.UNDECIDED, rule=wanted.rule.ref, reason=reason)
    tell(matter, events.UNDECIDED, {"referral": str(id), "reason": reason, "due": stamp(due.due)}, wanted.rule.ref)
