"""Whom to write to, queue messages, send what is due."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import orjson

from maillon.access.permissions import Permission, check
from maillon.items.services import lock_items
from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import MaillonError
from maillon.outbox import deliveries
from maillon.outbox.acting import Actor, acting, system_actor
from maillon.outbox.canonical import canonical
from maillon.outbox.claims import RELEASE, TAKE, lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, as_json, one, rows, run
from maillon.partners import events
from maillon.partners.channels import Channel, ChannelFailed, Partner
from maillon.partners.envelope import check_body, envelope_of
from maillon.partners.known import PEER, peer_of
from maillon.partners.known import organisation_partner as organisation_partner
from maillon.partners.known import partner as partner
from maillon.partners.known import partner_of as partner_of
from maillon.rules.table import load

log = logging.getLogger("maillon.partners")

CLAIM = timedelta(minutes=2)
PAUSES = tuple(timedelta(seconds=s) for s in (5, 30, 120, 600, 3600, 6 * 3600, 12 * 3600))
BATCH = 200


def channel_of(*, to: Partner, on: date, channels: Mapping[str, Channel]) -> tuple[str, str]:
    """The first channel of the rule table that reaches `to`, and the rule's reference.

    Source: rules/tables/channel.toml
    """
    rule = load("channel").row(on=on, partner_kind=to.kind)
    for name in rule.texts:
        if name in channels and channels[name].reaches(to):
            return name, rule.ref
    raise MaillonError(f"No channel of {', '.join(rule.texts)} reaches {to.id}; see rules/tables/channel.toml.")


NUMBER = "UPDATE partners_partner SET last_number = last_number + 1 WHERE id = %s RETURNING last_number"
EPOCH = "SELECT epoch FROM outbox_installation WHERE id = 1"
QUEUE = """
INSERT INTO partners_message (house, id, partner, channel, item_id, epoch, number, kind, version, about, body, state,
  issued_at, due_at, attempts, error, cause)
VALUES (%(house)s, %(id)s, %(partner)s, %(channel)s, %(item)s, %(epoch)s, %(number)s, %(kind)s, %(version)s, %(about)s,
  %(body)s, 'queued', %(at)s, %(at)s, 0, '', %(cause)s)
"""


def queue_message(
    *,
    to: str,
    channel: str,
    item_id: UUID | None,
    kind: str,
    version: int,
    about: UUID,
    body: dict[str, Any],
    cause: UUID,
    by: Actor,
    at: datetime,
) -> UUID:
    """Put a message on its way in the current transaction; its id, which derives from the event `cause`.

    `about` is the row of the sending stage that it speaks of. The caller holds the item's lock, where there is an item:
    a message without one keeps its order among those without one.
    Raises BadInput where the body does not conform to its schema.
    """
    check_body(kind, version, body)
    numbered = one(NUMBER, [to])
    epoch = one(EPOCH)
    assert numbered is not None
    point("queue: numbered")
    assert epoch is not None
    id = uuid5(cause, to)
    params = {
        "house": by.house,
        "id": id,
        "partner": to,
        "channel": channel,
        "item": item_id,
        "epoch": epoch["epoch"],
        "number": numbered["last_number"],
        "kind": kind,
        "version": version,
        "about": about,
        "body": canonical(body),
        "at": at,
        "cause": cause,
    }
    run(QUEUE, params)
    return id


CLAIM_DUE = f"""
UPDATE partners_message m SET state = 'sending', claimed_until = %(until)s, attempts = attempts + 1,
  {TAKE}
FROM (
  SELECT d.id, d.partner FROM partners_message d
  WHERE d.state IN ('queued', 'sending') AND d.due_at <= %(now)s
    AND (d.state = 'queued' OR d.claimed_until < %(now)s OR {lost("d")})
    AND NOT EXISTS (
      SELECT 1 FROM partners_message earlier
      WHERE earlier.partner = d.partner AND earlier.item_id = d.item_id AND earlier.state <> 'sent'
        AND earlier.number < d.number)
    AND (d.item_id IS NOT NULL OR NOT EXISTS (
      SELECT 1 FROM partners_message earlier
      WHERE earlier.partner = d.partner AND earlier.item_id IS NULL AND earlier.state <> 'sent'
        AND earlier.number < d.number))
  ORDER BY d.due_at, d.number LIMIT %(limit)s FOR UPDATE SKIP LOCKED
) due
JOIN partners_partner p ON p.id = due.partner
LEFT JOIN partners_peer peer ON peer.peer = p.desk_house
WHERE m.id = due.id
RETURNING m.*, p.kind AS partner_kind, p.desk_house, p.recipient, {PEER}
"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one message: the channel's `receipt`, or the `error`; the other is empty."""

    message: Row
    receipt: str = ""
    error: str = ""


def send_due(*, house: str, channels: Mapping[str, Channel], clock: Clock, limit: int = BATCH) -> int:
    """Claim due messages, send them outside any transaction, write all outcomes back in one; how many were claimed.

    Order is kept per (partner, item): a message waits for the earlier ones. A claim whose worker lost its
    connection is taken again at once, one that takes too long after CLAIM; the recipient stores the message once.
    """
    by = system_actor(house, "sender")
    with acting(by):
        now = clock.now()
        claimed = rows(CLAIM_DUE, {"now": now, "until": now + CLAIM, "limit": limit})
    point("send: claimed")
    if not claimed:
        return 0
    attempts = [_send(house, row, channels, clock.now()) for row in sorted(claimed, key=lambda r: r["number"])]
    point("send: sent")
    _write_back(attempts, by, clock.now())
    point("send: committed")
    return len(claimed)


def _send(house: str, row: Row, channels: Mapping[str, Channel], at: datetime) -> Attempt:
    envelope = envelope_of(row, sender=house, body=orjson.loads(bytes(row["body"])))
    to = Partner(
        id=row["partner"], kind=row["partner_kind"], desk_house=row["desk_house"], recipient=row["recipient"],
        peer=peer_of(row),
    )  # fmt: skip
    if row["channel"] not in channels:
        return Attempt(row, error=f"There is no channel {row['channel']}.")
    try:
        receipt = channels[row["channel"]].send(envelope, to, at)
    except (ChannelFailed, MaillonError) as error:
        return Attempt(row, error=f"{error}"[:500] or type(error).__name__)
    except Exception as error:  # whatever befell one message must not hold back the others of its batch
        log.exception("the message %s could not be sent", row["id"])
        return Attempt(row, error=f"{type(error).__name__}: {error}"[:500])
    point("send: one sent")
    return Attempt(row, receipt=receipt)


SENT = f"""
UPDATE partners_message m SET state = 'sent', sent_at = %(at)s, {RELEASE},
  error = '', receipt = convert_to(g.receipt, 'UTF8')
FROM json_to_recordset(%(sent)s::json) AS g(id uuid, receipt text) WHERE m.id = g.id AND m.state = 'sending'
RETURNING m.id
"""
FAILED = f"""
UPDATE partners_message SET state = %s, due_at = %s, {RELEASE}, error = %s
WHERE id = %s AND state = 'sending'
"""


def _write_back(attempts: Sequence[Attempt], by: Actor, at: datetime) -> None:
    with acting(by):
        check(by, Permission.RUN_WORK)
        lock_items(item_ids=[a.message["item_id"] for a in attempts if a.message["item_id"]])
        arrived = [{"id": a.message["id"], "receipt": a.receipt} for a in attempts if not a.error]
        sent = {row["id"] for row in rows(SENT, {"at": at, "sent": as_json(arrived)})}
        news = [_sent(a.message, at) for a in attempts if a.message["id"] in sent]
        point("send: marked")
        for attempt in (a for a in attempts if a.error):
            row, tried = attempt.message, int(attempt.message["attempts"])
            stuck = tried > len(PAUSES)
            due = at if stuck else at + PAUSES[tried - 1]
            if run(FAILED, ["stuck" if stuck else "queued", due, attempt.error, row["id"]]) and stuck:
                news.append(_stuck(row, attempt.error, at))
        record(news, by=by, at=at)
        point("send: recorded")


def _sent(row: Row, at: datetime) -> NewEvent:
    body = {
        "message": str(row["id"]),
        "partner": row["partner"],
        "channel": row["channel"],
        "kind": row["kind"],
        "about": str(row["about"]),
        "number": row["number"],
        "epoch": row["epoch"],
    }
    return NewEvent(kind=events.SENT, item=row["item_id"], body=body, happened_at=at, cause=row["cause"])


def _stuck(row: Row, error: str, at: datetime) -> NewEvent:
    body = {
        "message": str(row["id"]),
        "partner": row["partner"],
        "channel": row["channel"],
        "kind": row["kind"],
        "about": str(row["about"]),
        "error": error,
    }
    return NewEvent(kind=events.STUCK, item=row["item_id"], body=body, happened_at=at, cause=row["cause"])


AGAIN = "UPDATE partners_message SET state = 'queued', attempts = 0, due_at = %s WHERE state = 'stuck'"


def retry_stuck(*, reason: str, by: Actor, at: datetime) -> tuple[int, int]:
    """Make every stuck message and delivery of the house due again, after a person removed the cause.

    How many messages, how many deliveries. Raises NotAllowed.
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        messages, handovers = run(AGAIN, [at]), deliveries.try_again(house=by.house, at=at)
        if messages or handovers:
            body = {"messages": messages, "deliveries": handovers, "reason": reason}
            record([NewEvent(kind=events.RETRIED, item=None, body=body, happened_at=at)], by=by, at=at)
        return messages, handovers
