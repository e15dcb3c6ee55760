"""Which messages each side knows, as runs of numbers; and what follows from what the other side knows."""

from datetime import datetime
from typing import Any

from maillon.outbox.sql import as_json, rows, run

Numbers = dict[str, dict[str, list[list[int]]]]
"""By partner (as the sender of the messages names it), by epoch: runs of numbers, first and last."""

RUNS = """
SELECT who, epoch, lower(numbers) AS first, upper(numbers) - 1 AS last
FROM (SELECT {who} AS who, epoch, unnest(range_agg(int8range(number, number + 1))) AS numbers FROM {source}
  GROUP BY 1, 2) found
ORDER BY 1, 2, 3
"""
TO = "partners_message m JOIN partners_partner p ON p.id = m.partner WHERE p.desk_house = %s"
SENT = RUNS.format(who="m.partner", source=TO)
RECEIVED = RUNS.format(who="recipient", source="partners_received WHERE sender = %s")


def sent_to(peer: str) -> Numbers:
    """Every message to the house `peer` that is known here, sent or not."""
    return _numbers(SENT, peer)


def received_from(peer: str) -> Numbers:
    """Every message of the house `peer` that is stored here."""
    return _numbers(RECEIVED, peer)


def _numbers(statement: str, peer: str) -> Numbers:
    found: Numbers = {}
    for row in rows(statement, [peer]):
        found.setdefault(row["who"], {}).setdefault(str(row["epoch"]), []).append([row["first"], row["last"]])
    return found


AMONG = """
EXISTS (SELECT 1 FROM json_to_recordset(%(numbers)s::json) AS g(who text, epoch int, first bigint, last bigint)
  WHERE g.who = {who} AND g.epoch = {row}.epoch AND {row}.number BETWEEN g.first AND g.last)
"""
AGAIN = f"""
UPDATE partners_message m SET state = 'queued', sent_at = NULL, attempts = 0, due_at = %(at)s, error = ''
FROM partners_partner p
WHERE p.id = m.partner AND p.desk_house = %(peer)s AND m.channel = 'maillon' AND m.state = 'sent'
  AND NOT {AMONG.format(who="m.partner", row="m")}
"""
KNOWN_AGAIN = f"""
UPDATE partners_received r SET lost_at = NULL
WHERE sender = %(peer)s AND lost_at IS NOT NULL AND settled_at IS NULL AND {AMONG.format(who="r.recipient", row="r")}
"""
LOST = f"""
UPDATE partners_received r SET lost_at = %(at)s
WHERE sender = %(peer)s AND lost_at IS NULL AND epoch < %(epoch)s AND NOT {AMONG.format(who="r.recipient", row="r")}
"""
AT_ONCE = """
UPDATE partners_message m SET due_at = %(at)s, attempts = 0 FROM partners_partner p
WHERE p.id = m.partner AND p.desk_house = %(peer)s AND m.channel = 'maillon' AND m.state = 'queued'
  AND m.due_at > %(at)s
"""


def send_again(*, peer: str, received: Numbers, at: datetime) -> int:
    """Queue again what was sent to `peer` and what it no longer has, under the same numbers; how many messages."""
    return run(AGAIN, {"peer": peer, "numbers": _as_rows(received), "at": at})


def note_lost(*, peer: str, sent: Numbers, epoch: int, at: datetime) -> int:
    """Note which stored messages `peer`, now in `epoch`, no longer knows that it sent; how many are newly so.

    Numbers of its present epoch are left alone: some may be newer than `sent`.
    """
    known = {"peer": peer, "numbers": _as_rows(sent), "epoch": epoch, "at": at}
    run(KNOWN_AGAIN, known)
    return run(LOST, known)


def send_at_once(*, peer: str, at: datetime) -> int:
    """What waited for the next attempt is due now, and then after short pauses again, since `peer` was heard."""
    return run(AT_ONCE, {"peer": peer, "at": at})


def _as_rows(numbers: Numbers) -> str:
    found: list[dict[str, Any]] = [
        {"who": who, "epoch": int(epoch), "first": first, "last": last}
        for who, epochs in numbers.items()
        for epoch, runs in epochs.items()
        for first, last in runs
    ]
    return as_json(found)
