"""Who sees which opinions while a round is open: whoever may still give one of their own must not know the others'."""

from collections.abc import Collection, Sequence
from uuid import UUID

from maillon.access.permissions import Permission, may
from maillon.hotline.analysis import events
from maillon.hotline.analysis.queries import opinions
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row, rows

ROUNDS = """
SELECT id, item_id, round, state, opened_at, due_at, due_rule, settled_at, scheme, version, code, outcome, severity,
  flags, former, rule, urgency, urgency_rule
FROM analysis_case WHERE item_id = %s ORDER BY round DESC
"""

UNSEEN = """
SELECT c.id, c.item_id FROM analysis_case c
WHERE c.item_id = ANY(%(items)s) AND c.state <> 'settled' AND NOT (c.state = 'disputed' AND %(decides)s)
  AND NOT EXISTS (SELECT 1 FROM analysis_assessment a WHERE a.house = c.house AND a.case_id = c.id
    AND a.person = %(person)s AND a.replaced_at IS NULL)
"""

SAID: dict[str, object] = {
    "settled_at": None, "scheme": "", "version": "", "code": "", "outcome": "", "severity": None, "flags": [],
    "rule": "",
}  # fmt: skip
"""What a round says of its opinions, blank."""

TELLING = frozenset(
    kind.name
    for kind in (
        events.ASSESSED, events.SETTLED, events.UNSETTLED, events.OPINION_WITHDRAWN, events.MEDIA_CONFIRMED,
        events.DECISION_ACCEPTED,
    )
)  # fmt: skip
"""The events that tell what somebody thinks: themselves, or by the rule that they name."""

FOLLOWING = ("referral_", "message_")
"""How the kinds of events begin that follow from what was settled: they tell it as well."""


def unseen_cases(*, item_ids: Sequence[UUID], by: Actor) -> frozenset[UUID]:
    """The open cases of these items whose opinions `by` must not see yet.

    Whoever may assess sees the others' opinions of an open round once they gave one of their own; whoever may decide a
    dispute sees all sides of it. Who never gives an opinion, such as a manager, is not biased by any.
    """
    return frozenset(row["id"] for row in _unseen(item_ids, by))


def _unseen(item_ids: Collection[UUID], by: Actor) -> list[Row]:
    if not may(by, Permission.ASSESS):
        return []
    decides = may(by, Permission.SETTLE_DISPUTE)
    return rows(UNSEEN, {"items": list(item_ids), "person": by.name, "decides": decides})


def visible_rounds(*, item_id: UUID, by: Actor) -> list[Row]:
    """Every round of the item's analysis, latest first, as far as `by` may see it.

    Rows: the case's columns, opinions (oldest first, as `queries.opinions`), and hidden: the opinions are not shown,
    and the case says nothing of what was settled in it before it was in doubt.
    """
    unseen = unseen_cases(item_ids=[item_id], by=by)
    return [
        {**case, **SAID, "opinions": [], "hidden": True}
        if case["id"] in unseen
        else {**case, "opinions": opinions(case_id=case["id"]), "hidden": False}
        for case in rows(ROUNDS, [item_id])
    ]


def hidden_event(event: Row, *, unseen: Collection[UUID]) -> bool:
    """Whether an event (as `items.timeline` reads it) tells of opinions in one of the cases in `unseen`.

    `unseen` are the `unseen_cases` of the event's item. An event whose body was erased is hidden while there are any.
    """
    if event["kind"] not in TELLING or not unseen:
        return False
    body = event["body"]
    return body is None or UUID(body["case"]) in unseen


def visible_events(events: Sequence[Row], *, by: Actor) -> list[Row]:
    """Those of the events, of whatever items, that tell `by` nothing of opinions that they must not know yet."""
    unseen = _unseen({event["item"] for event in events if event["item"] is not None}, by)
    cases, items = {row["id"] for row in unseen}, {row["item_id"] for row in unseen}
    return [
        event
        for event in events
        if not hidden_event(event, unseen=cases)
        and not (event["item"] in items and event["kind"].startswith(FOLLOWING))
    ]
