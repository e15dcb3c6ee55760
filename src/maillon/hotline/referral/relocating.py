"""Locate an item again right before anything about it is sent.

A draft goes out once a lookup of its item is young enough, and what that lookup found has been routed. Where the
resolver stays silent, what was known last holds. What a person stated needs no lookup, and neither do call-backs,
which go to whoever has the referral, nor what has no place in the network.
Source: rules/tables/locate_again.toml
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from maillon.access.permissions import Permission, check
from maillon.hotline.referral.matters import danger_of
from maillon.kernel.clock import brussels_day
from maillon.observation.queries import latest_locations, lookups_of
from maillon.observation.services import BEFORE_SENDING, ask
from maillon.outbox.acting import Actor, acting
from maillon.outbox.deliveries import waited_for
from maillon.outbox.sql import Row, as_json, rows, run
from maillon.rules.table import load
from maillon.rules.terms import grace

REROUTE = "referral.reroute"
"""The handler that routes what was located (flow/handovers.py)."""

DUE = """
SELECT f.id, f.item_id, f.partner, f.flags, f.recalls, i.kind
FROM referral_referral f JOIN items_item i ON i.house = f.house AND i.id = f.item_id
WHERE f.state = 'drafted' AND f.send_at <= %s ORDER BY f.send_at, f.id LIMIT %s
"""

PUT_OFF = """
UPDATE referral_referral f SET send_at = g.due FROM json_to_recordset(%s::json) AS g(id uuid, due timestamptz)
WHERE f.id = g.id AND f.state = 'drafted'
"""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Drafts whose grace is over, by what they wait for.

    `ready`: nothing; `old`: a lookup that nobody has asked for; `later`: an answer, asked for again at that moment.
    What waits for a worker at this moment stands in none of them.
    """

    ready: list[Row]
    old: list[Row]
    later: list[tuple[Row, datetime]]


def horizon(at: datetime, *, skip_grace: bool) -> datetime:
    """Drafts are due whose `send_at` is not after this; `skip_grace` does not wait for the grace."""
    return at + grace(at) + timedelta(seconds=1) if skip_grace else at


def ask_where_due(*, by: Actor, at: datetime, skip_grace: bool = False, limit: int = 200) -> int:
    """Ask where the items of due drafts are that were not located lately; how many were asked for.

    What waits for a resolver that did not answer is due again when it is asked again, so that it keeps nobody else
    waiting. As many statements for many drafts as for one.
    """
    with acting(by):
        check(by, Permission.RUN_WORK)
        found = sort(rows(DUE, [horizon(at, skip_grace=skip_grace), limit]), at)
        asked = {row["item_id"] for row in found.old}
        ask(dict.fromkeys(sorted(asked)), why=BEFORE_SENDING, by=by, at=at)
        if found.later:
            run(PUT_OFF, [as_json([{"id": row["id"], "due": due} for row, due in found.later])])
    return len(asked)


def sort(drafts: Sequence[Row], at: datetime) -> Sorted:
    """Which drafts may go out, and what the others wait for; rows with `id`, `item_id`, `flags`, `recalls`, `kind`."""
    found = Sorted([row for row in drafts if row["recalls"]], [], [])
    asked = [row for row in drafts if not row["recalls"]]
    if not asked:
        return found
    ids = list({row["item_id"] for row in asked})
    routing = waited_for(handler=REROUTE, items=ids)
    stated = {id for id, row in latest_locations(item_ids=ids).items() if row["method"] == "person"}
    lookups = lookups_of(item_ids=ids)
    for row in asked:
        if row["item_id"] in routing:
            continue
        if row["item_id"] in stated or row["kind"] != "url":
            found.ready.append(row)
        else:
            _place(row, lookups.get(row["item_id"]), at, found)
    return found


def _place(draft: Row, lookup: Row | None, at: datetime, found: Sorted) -> None:
    rule = load("locate_again").row(on=brussels_day(at), danger=danger_of(draft["flags"])).fields
    if lookup is None or (lookup["state"] == "done" and lookup["done_at"] < at - timedelta(minutes=rule["minutes"])):
        found.old.append(draft)
    elif lookup["state"] == "done" or (lookup["state"] == "waiting" and lookup["attempts"] >= rule["attempts"]):
        found.ready.append(draft)
    elif lookup["state"] == "waiting" and lookup["due_at"] > at:
        found.later.append((draft, lookup["due_at"]))
