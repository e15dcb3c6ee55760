"""Take in what hotlines send: it waits in its item's matter until somebody answers."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from maillon.access.permissions import Permission, check
from maillon.authority.inbox import events
from maillon.authority.inbox.matters import matter_for, reopen, weigh
from maillon.authority.inbox.policy import DANGER, TAKEN
from maillon.authority.inbox.queries import arrival
from maillon.authority.inbox.states import ARRIVAL, Arrival
from maillon.items.services import lock_item
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.registry import Handed
from maillon.outbox.sql import Row, run
from maillon.rules.terms import escalated_at

INSERT = """
INSERT INTO inbox_arrival (house, id, item_id, sender, kind, purpose, referral, severity, flags, state, arrived_at,
  due_at, due_rule, escalate_at, acknowledged_by, body, matter_id, sender_name, entered_by)
VALUES (%(house)s, %(id)s, %(item)s, %(sender)s, %(kind)s, %(purpose)s, %(referral)s, %(severity)s, %(flags)s,
  'waiting', %(at)s, %(due)s, %(rule)s, %(escalate)s, '', %(body)s, %(matter)s, %(sender_name)s, %(entered_by)s)
ON CONFLICT (house, id) DO NOTHING
"""


def insert(
    *, matter: Row, due: datetime, body: dict[str, Any], by: Actor, sender_name: str = "", entered_by: str = "",
    rule: str = "", **row: Any
) -> bool:  # fmt: skip
    """Write an arrival's row into its matter (locked) and weigh the matter again; False where it stands already."""
    danger = DANGER in row["flags"]
    fixed = {"house": by.house, "item": matter["item_id"], "matter": matter["id"], "body": orjson.dumps(body).decode()}
    term = {"due": due, "rule": rule, "escalate": escalated_at("arrival", due, danger=danger)}
    if not run(INSERT, {**row, **fixed, **term, "sender_name": sender_name, "entered_by": entered_by}):
        return False
    point("arrive: written")
    weigh(matter["id"])
    point("arrive: weighed")
    return True


def take_in(*, handed: Handed, by: Actor, clock: Clock) -> None:
    """A message became known to the house: a referral or call-back waits in the inbox from now on. Safe to repeat."""
    kind, content = handed.body["kind"], handed.body["body"]
    if kind not in TAKEN or handed.item is None:
        return
    at = clock.now()
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_item(item_id=handed.item)
        matter = matter_for(item_id=handed.item, by=by, at=at)
        assessment = content["assessment"] if kind == "referral" else content["before"]
        row = {
            "id": UUID(handed.body["message"]),
            "sender": handed.body["sender"],
            "kind": kind,
            "purpose": content.get("purpose", "callback"),
            "referral": content["referral"],
            "severity": assessment["severity"],
            "flags": assessment["flags"],
        }
        due = datetime.fromisoformat(content["acknowledge_by"])
        if not insert(matter=matter, due=due, body=content, by=by, at=at, **row):
            return
        told = {
            "arrival": str(row["id"]),
            **{key: row[key] for key in ("sender", "kind", "purpose", "severity", "flags")},
            "due": content["acknowledge_by"],
        }
        record([NewEvent(kind=events.ARRIVED, item=handed.item, body=told, happened_at=at, cause=handed.uid)],
               by=by, at=at)  # fmt: skip
        point("arrive: recorded")
        reopen(matter, arrival=row["id"], cause=handed.uid, by=by, at=at)
        if kind == "callback":
            _recall(UUID(content["recalls_message"]), content["reason"], handed, by, at)


RECALL = "UPDATE inbox_arrival SET state = %s, reason = %s, due_at = NULL, escalate_at = NULL WHERE id = %s"


def _recall(id: UUID, reason: str, handed: Handed, by: Actor, at: datetime) -> None:
    earlier = arrival(id=id)
    if earlier is None or earlier["sender"] != handed.body["sender"] or earlier["state"] == Arrival.RECALLED:
        return
    state = ARRIVAL.step(earlier["state"], "recall")
    run(RECALL, [state, reason, id])
    weigh(earlier["matter_id"])
    point("arrive: recalled")
    body = {"arrival": str(id), "sender": earlier["sender"], "reason": reason}
    event = NewEvent(kind=events.RECALLED, item=earlier["item_id"], body=body, happened_at=at, cause=handed.uid)
    record([event], by=by, at=at)
