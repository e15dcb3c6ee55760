"""What a referral's message and a call-back's message say (partners/schemas)."""

from typing import Any
from uuid import UUID

from maillon.hotline.analysis.queries import case as case_of
from maillon.hotline.referral.policy import UNDETERMINED
from maillon.hotline.referral.queries import referral, reports_of
from maillon.items.services import lock_item
from maillon.observation.queries import latest_locations
from maillon.outbox.acting import Actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import Row
from maillon.rules.terms import Term


def _item(item_id: UUID, by: Actor) -> dict[str, Any]:
    item = lock_item(item_id=item_id)
    about = {"owner": by.house, "ref": str(item["id"]), "kind": item["kind"]}
    return {**about, "given": item["url"], "canonical": item["canonical"]}


def _assessment(row: Row) -> dict[str, Any]:
    return {key: row[key] for key in ("scheme", "version", "code", "outcome", "severity", "flags")}


def referral_content(row: Row, answer_by: Term, by: Actor) -> dict[str, Any]:
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


def callback_content(row: Row, answer_by: Term, by: Actor) -> dict[str, Any]:
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
