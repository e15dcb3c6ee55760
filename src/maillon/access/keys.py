"""The keys that a person chose for the console."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from maillon.access import events
from maillon.access.permissions import Permission, check
from maillon.kernel.errors import BadInput
from maillon.outbox.acting import Actor, acting
from maillon.outbox.record import NewEvent, record
from maillon.outbox.sql import one, run

LONGEST = 40
"""Characters of an action's name."""

SET = """
INSERT INTO access_keys (house, person, keys) VALUES (%(house)s, %(person)s, %(keys)s)
ON CONFLICT (house, person) DO UPDATE SET keys = excluded.keys
"""


def keys_of(*, person: str) -> dict[str, str]:
    """The keys that `person` chose, by action; "" for an action that has none. Empty where they chose nothing."""
    found = one("SELECT keys FROM access_keys WHERE person = %s", [person])
    return dict(found["keys"]) if found else {}


def set_keys(*, keys: Mapping[str, str], by: Actor, at: datetime) -> None:
    """From now on these are the keys of `by`, by action. Raises NotAllowed, BadInput."""
    with acting(by):
        check(by, Permission.SEE_PAGES)
        if any(len(action) > LONGEST or len(key) > LONGEST for action, key in keys.items()) or len(keys) > 100:
            raise BadInput("These are no keys: an action and its key are short names.")
        run(SET, {"house": by.house, "person": by.name, "keys": orjson.dumps(dict(keys)).decode()})
        body = {"person": by.name, "keys": dict(keys)}
        record([NewEvent(kind=events.KEYS_CHOSEN, item=None, body=body, happened_at=at)], by=by, at=at)
