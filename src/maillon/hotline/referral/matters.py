"""What is being referred, and the rows that come of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.hotline.referral.places import provider_country
from maillon.hotline.referral.policy import Facts
from maillon.kernel.clock import brussels_day
from maillon.kernel.ids import uuid7
from maillon.kernel.kinds import Kind
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, run
from maillon.partners.channels import Channel
from maillon.rules.terms import Term, escalated_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
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
        return theirs == ours and self.placed(row)

    def placed(self, row: Row) -> bool:
        """Whether a referral names the places that the item and its provider have now."""
        return (row["country"], row["provider_country"]) == (self.facts.country, self.facts.provider_country)

    def why_not(self, row: Row) -> str:
        """Why a referral holds no longer."""
        if self.case["outcome"] != row["outcome"]:
            return "settled as not illegal"
        if not self.placed(row):
            return "located elsewhere"
        return "settled otherwise"

    def danger(self) -> str:
        return danger_of(self.case["flags"])


def facts_of(item: Row, case: Row) -> Facts:
    on = brussels_day(case["settled_at"])
    return Facts(
        outcome=case["outcome"],
        severity=case["severity"],
        flags=frozenset(case["flags"]),
        country=item["country"],
        provider_country=provider_country(item_id=item["id"], on=on),
        on=on,
    )


def danger_of(flags: Sequence[str]) -> str:
    return "yes" if "imminent_danger" in flags else "no"


INSERT = """
INSERT INTO referral_referral (house, id, item_id, case_id, round, purpose, partner, partner_kind, channel, state,
  reason, country, provider_country, scheme, version, code, outcome, severity, flags, rule, drafted_at, send_at, due_at,
  due_rule, escalate_at, steps, recalls, reported_at)
VALUES (%(house)s, %(id)s, %(item)s, %(case)s, %(round)s, %(purpose)s, %(partner)s, %(kind)s, %(channel)s, %(state)s,
  %(reason)s, %(country)s, %(provider)s, %(scheme)s, %(version)s, %(code)s, %(outcome)s, %(severity)s, %(flags)s,
  %(rule)s, %(at)s, %(send_at)s, %(due)s, %(due_rule)s, %(escalate)s, 0, %(recalls)s,
  (SELECT reported_at FROM items_item WHERE id = %(item)s))
"""


def insert(matter: Matter, due: Term, **row: object) -> UUID:
    """Write a referral's row; `row` gives what the settlement, the facts and the term do not."""
    case = matter.case
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
        "escalate": escalated_at("referral", due.due, danger=matter.danger() == "yes"),
        "reason": "",
        "recalls": None,
        **row,
    }
    run(INSERT, params)
    return id


def tell(matter: Matter, kind: Kind, body: dict[str, Any], rule: str = "") -> None:
    event = NewEvent(kind=kind, item=matter.item, body=body, happened_at=matter.at, cause=matter.cause, rule=rule)
    record([event], by=matter.by, at=matter.at)
