"""Where content lies behind a delivery network: the address that somebody told, looked up like any other.

An origin stands as long as the same networks stand at the item's name. Single addresses of a delivery network come
and go with every answer, so they are not compared; once another network answers, or none, the origin told holds no
longer: whoever moved the front may have moved what is behind it. What a person stated as the country goes before it.
"""

from datetime import datetime
from ipaddress import ip_address
from typing import Literal
from uuid import UUID

from maillon.access.permissions import Permission, check
from maillon.items.services import lock_item
from maillon.kernel.errors import BadInput
from maillon.kernel.ids import uuid7
from maillon.observation import events
from maillon.observation.conclude import UNDETERMINED, Reason, is_public
from maillon.observation.services import ORIGIN, ask
from maillon.observation.sources import is_documentation
from maillon.observation.writing import AFTER
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import run

ToldBy = Literal["person", "network"]
TOLD_BY: tuple[ToldBy, ...] = ("person", "network")
LONGEST = 2_000
"""Characters of a statement."""

TELL = f"""
INSERT INTO observation_location (house, id, item_id, observed_at, country, reason, method, stated_by, statement, asns,
  seen, chain, origin)
VALUES (%(house)s, %(id)s, %(item)s, {AFTER.format(at="%(at)s", item="%(item)s")}, %(country)s, %(reason)s, 'origin',
  %(by)s, %(statement)s, '[]', '[]', '[]', %(origin)s)
"""


def state_origin(*, item_id: UUID, address: str, told_by: ToldBy, statement: str, by: Actor, at: datetime) -> UUID:
    """The content lies at `address`, behind what answers at the item's name; the id of the location that says so.

    told_by: a person found it out, or the delivery network answered us as its trusted reporter. The address is looked
    up by the sources at once, by the worker, and the item is located by them: that is a location of its own. Until
    then it stands as it did. Raises NotAllowed, NotFound, BadInput.
    """
    with acting(by):
        check(by, Permission.STATE_LOCATION)
        origin = _address(address)
        if told_by not in TOLD_BY:
            raise BadInput(f"{told_by!r} is not who can tell an origin; say person or network.")
        if not statement.strip():
            raise BadInput("An origin needs what it rests on; give it with --reason.")
        if lock_item(item_id=item_id)["kind"] != "url":
            raise BadInput("Only an item with a web address has an origin; state its country instead.")
        id, said = uuid7(at), statement.strip()[:LONGEST]
        given = {"country": UNDETERMINED, "reason": Reason.origin_told, "statement": said, "origin": origin}
        run(TELL, {"house": by.house, "id": id, "item": item_id, "at": at, "by": by.name, **given})
        ask({item_id: None}, why=ORIGIN, by=by, at=at)
        body = {"location": str(id), "origin": origin, "told_by": told_by, "statement": said}
        record([NewEvent(kind=events.ORIGIN_TOLD, item=item_id, body=body, happened_at=at)], by=by, at=at)
    return id


def _address(text: str) -> str:
    try:
        origin = str(ip_address(text.strip().strip("[]")))
    except ValueError:
        raise BadInput(f"{text.strip()[:80]!r} is no IP address; give one, such as 192.0.2.1.") from None
    if not is_public(origin) and not is_documentation(origin):
        raise BadInput(f"{origin} cannot be reached from the internet; give the address that serves the content.")
    return origin
