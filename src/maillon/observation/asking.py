"""Ask for an item's content to be fetched, and say how that stands."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.evidence.services import recipients
from maillon.items.services import lock_item
from maillon.items.states import Item
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, ForbiddenStep
from maillon.kernel.ids import uuid7
from maillon.observation import events
from maillon.observation.fetching.guard import as_referrer
from maillon.outbox.acting import Actor, acting
from maillon.outbox.claims import lost
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import Row, one, rows, run

PURPOSES = ("assess", "second_opinion", "still_online")
"""What content is fetched for: to form an opinion, to give another, to see whether it is still there."""

FETCHABLE = ("url", "onion")

ASK = """
INSERT INTO observation_fetch (house, id, item_id, state, purpose, referrer, asked_by, asked_at, due_at, attempts)
VALUES (%(house)s, %(id)s, %(item)s, 'waiting', %(purpose)s, %(referrer)s, %(by)s, %(at)s, %(at)s, 0)
ON CONFLICT (house, item_id) WHERE state <> 'done' DO NOTHING
"""

LATEST = """
SELECT DISTINCT ON (item_id) id, item_id, state, purpose, referrer, asked_by, asked_at, due_at, attempts, done_at,
  capture_id
FROM observation_fetch WHERE item_id = ANY(%s) ORDER BY item_id, asked_at DESC, id DESC
"""

DUE = f"""
SELECT 1 FROM observation_fetch f
WHERE state <> 'done' AND due_at <= %s AND (state = 'waiting' OR {lost("f")}) LIMIT 1
"""


def request_fetch(*, item_id: UUID, purpose: str, referrer: str = "", by: Actor, at: datetime) -> UUID:
    """Have the content of an item under assessment fetched, for one of PURPOSES; the fetch's id.

    `referrer`: the address of the page that led there, as the server is told; some show something else without it.
    Raises NotAllowed, NotFound, BadInput, NoRecipient where the vault has no keys to encrypt to, and ForbiddenStep
    where the item is settled or offline, is no address, or a fetch of it is under way.
    """
    with acting(by):
        check(by, Permission.FETCH)
        if purpose not in PURPOSES:
            raise BadInput(f"{purpose!r} is no purpose of a fetch; use any of {', '.join(PURPOSES)}.")
        led = as_referrer(referrer.strip()) if referrer.strip() else ""
        if referrer.strip() and not led:
            raise BadInput("The page that led there must be an address that begins with http:// or https://.")
        item = lock_item(item_id=item_id)
        if item["kind"] not in FETCHABLE:
            raise ForbiddenStep("An account on a service is no address; there is nothing to fetch.")
        if item["state"] != Item.OPEN:
            raise ForbiddenStep("The item is not under assessment; content is fetched of open items only.")
        recipients(house=by.house)
        id = uuid7(at)
        given = {
            "house": by.house, "id": id, "item": item_id, "purpose": purpose, "referrer": led, "by": by.name, "at": at,
        }  # fmt: skip
        if not run(ASK, given):
            raise ForbiddenStep("A fetch of this item is under way already; wait for what it brings.")
        point("fetch: asked")
        event = NewEvent(
            kind=events.FETCH_ASKED,
            item=item_id,
            body={"fetch": str(id), "purpose": purpose, "referrer": led},
            happened_at=at,
        )
        cause = record([event], by=by, at=at)[0]
        run("UPDATE observation_fetch SET cause = %s WHERE id = %s", [cause, id])
        point("fetch: asked and recorded")
    return id


def latest_fetches(*, item_ids: Sequence[UUID]) -> dict[UUID, Row]:
    """The fetch of each item that was asked for last. One that is done without a capture came too late to be kept."""
    return {row["item_id"]: row for row in rows(LATEST, [list(item_ids)])}


def any_fetch_due(*, at: datetime) -> bool:
    """Whether a fetch is due that nobody is at."""
    return one(DUE, [at]) is not None
