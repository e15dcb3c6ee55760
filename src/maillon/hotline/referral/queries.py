"""Look up referrals."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.hotline.referral.states import STANDING, Referral
from maillon.outbox.sql import Row, one, rows

STANDING_OF = """
SELECT * FROM referral_referral WHERE item_id = %s AND state = ANY(%s) AND recalls IS NULL ORDER BY drafted_at, id
"""

REPORTS = """
SELECT r.id, r.reference, r.received_at FROM intake_report_location l
JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE l.item_id = %s
ORDER BY r.received_at, r.reference
"""

LIST = """
SELECT f.id, f.item_id AS item, f.country, f.provider_country, f.partner, f.purpose, f.channel, f.severity, f.flags,
  f.due_at, f.state, f.rule, f.due_rule, f.reason, f.steps, f.recalls, f.drafted_at, f.sent_at, f.acknowledged_at,
  (SELECT array_agg(r.reference ORDER BY r.received_at, r.reference) FROM intake_report_location l
   JOIN intake_report r ON r.house = l.house AND r.id = l.report_id WHERE l.item_id = f.item_id) AS reports
FROM referral_referral f JOIN items_item i ON i.house = f.house AND i.id = f.item_id {where} ORDER BY f.drafted_at, f.id
"""


def standing(*, item_id: UUID) -> list[Row]:
    """The item's referrals that still hold, call-backs left out."""
    return rows(STANDING_OF, [item_id, sorted(STANDING)])


def undone(*, item_id: UUID) -> list[Row]:
    """The item's referrals that a person stopped within the grace: the same is not drafted again."""
    return rows(STANDING_OF, [item_id, [Referral.UNDONE]])


def referral(*, id: UUID) -> Row | None:
    """The referral with this id."""
    return one("SELECT * FROM referral_referral WHERE id = %s", [id])


def reports_of(*, item_id: UUID) -> list[Row]:
    """The reports that speak of the item, by the moment they were received."""
    return rows(REPORTS, [item_id])


def referrals(*, item_ids: Sequence[UUID] | None = None) -> list[Row]:
    """All referrals of the house acted in, or those of some items, oldest first, each with its reports' references."""
    if item_ids is None:
        return rows(LIST.format(where=""))
    return rows(LIST.format(where="WHERE f.item_id = ANY(%s)"), [list(item_ids)])


def next_send() -> datetime | None:
    """When the next draft's grace is over, or None."""
    found = one("SELECT min(send_at) AS at FROM referral_referral WHERE state = 'drafted'")
    return found["at"] if found else None
