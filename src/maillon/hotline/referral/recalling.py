"""Call back what holds no longer: its recipient learns it, acknowledges it, and lateness is escalated."""

from maillon.hotline.analysis.settling import rely_on
from maillon.hotline.referral import events
from maillon.hotline.referral.matters import Matter, danger_of, insert, tell
from maillon.hotline.referral.states import REFERRAL, Referral
from maillon.kernel.clock import brussels_day
from maillon.outbox.sql import Row, run
from maillon.partners.services import channel_of, partner
from maillon.rules.terms import term


def call_back(matter: Matter, row: Row) -> None:
    """The recipient of `row` learns that it holds no longer: a call-back of its own, acknowledged and escalated."""
    why, at = matter.why_not(row), matter.at
    rely_on(case_id=matter.case["id"], said=matter.case, at=at)
    state = REFERRAL.step(row["state"], "recall")
    desk = partner(id=row["partner"])
    channel, rule = channel_of(to=desk, on=brussels_day(at), channels=matter.channels)
    danger = danger_of([*row["flags"], *matter.case["flags"]])
    due = term("send_within", at, partner_kind=desk.kind, danger=danger)
    run(
        "UPDATE referral_referral SET state = %s, reason = %s, closed_at = %s, due_at = NULL, escalate_at = NULL "
        "WHERE id = %s",
        [state, why, at, row["id"]],
    )
    said = {key: row[key] for key in ("scheme", "version", "code", "outcome", "severity", "flags")}
    id = insert(
        matter, due, **said, purpose=row["purpose"], partner=desk.id, kind=desk.kind, channel=channel,
        state=Referral.DRAFTED, rule=rule, send_at=at, reason=why, recalls=row["id"],
    )  # fmt: skip
    body = {"referral": str(row["id"]), "partner": desk.id, "callback": str(id), "reason": why}
    tell(matter, events.RECALLED, body)
