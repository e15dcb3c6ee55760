"""A whole transaction in one statement: who acts, one insertion, its event. For what must be stored quickly.

It runs as the program itself (see `acting.as_program`), for callers that check theirs: who reports reads no report.
The name of the house is set by the statement that inserts: every insertion reads, directly or not, from the row that
sets it, so that row security finds it set; were it evaluated before, row security would raise, as without `acting`.
"""

import os
from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from maillon.kernel.ids import Entropy
from maillon.outbox.acting import Actor
from maillon.outbox.record import NewEvent, written_of
from maillon.outbox.registry import handlers_of
from maillon.outbox.sql import rows

STATEMENT = """
WITH here AS MATERIALIZED (
  SELECT %(house)s::text AS house, set_config('maillon.house', %(house)s::text, true),
    set_config('maillon.actor', %(actor)s::text, true), set_config('maillon.clearances', %(clearances)s::text, true),
    set_config('maillon.roles', 'system', true), set_config('maillon.sees', '*', true)
), first AS ({first}), written AS (
  INSERT INTO outbox_event (house, uid, kind, version, item, actor, organisation, cause, rule, happened_at,
    recorded_at, body_digest, leaf, xid)
  SELECT house, %(uid)s, %(kind)s, %(version)s, %(item)s::uuid, %(actor)s::text, %(organisation)s, %(cause)s::uuid,
    %(rule)s, %(happened_at)s, %(recorded_at)s, %(body_digest)s, %(leaf)s, pg_current_xact_id()::text::bigint
  FROM first
  RETURNING house, id, item
), bodies AS (
  INSERT INTO outbox_eventbody (house, event_id, salt, body) SELECT house, id, %(salt)s, %(body)s FROM written
), deliveries AS (
  INSERT INTO outbox_delivery (house, event_id, handler, item, state, due_at, attempts, error)
  SELECT house, id, handler, item, 'due', %(recorded_at)s, 0, ''
  FROM written, unnest(%(handlers)s::text[]) AS handler
) {also}
SELECT count(*) AS stored FROM first
"""


def store_once(
    first: str,
    params: Mapping[str, object],
    *,
    also: str = "",
    event: NewEvent,
    by: Actor,
    at: datetime,
    entropy: Entropy = os.urandom,
) -> bool:
    """Run `first` and record `event`, as `by`, committed when this returns; whether `first` wrote its row.

    `first` is an `INSERT … SELECT … FROM here … RETURNING house, …` of at most one row, where `here` has the house;
    where it writes none, nothing is recorded. `also` is another insertion, which reads from `first`. Their `params`
    are named, and none is named as the event's own columns. Not inside another transaction.
    """
    if connection.in_atomic_block:
        raise RuntimeError("store_once is a transaction of its own; call it outside of any other.")
    [one] = written_of([event], by=by, at=at, entropy=entropy)
    given = {
        "house": by.house,
        "actor": by.name,
        "organisation": by.organisation,
        "clearances": ",".join(sorted(by.clearances)),
        "uid": one.uid,
        "kind": event.kind.name,
        "version": event.kind.version,
        "item": event.item,
        "cause": event.cause,
        "rule": event.rule,
        "happened_at": event.happened_at,
        "recorded_at": at,
        "body_digest": one.digest,
        "leaf": one.leaf,
        "salt": one.salt,
        "body": one.body,
        "handlers": list(handlers_of(by.house, event.kind.name)),
    }
    statement = STATEMENT.format(first=first, also=also and f", also AS ({also})")
    return bool(rows(statement, {**given, **params})[0]["stored"])
