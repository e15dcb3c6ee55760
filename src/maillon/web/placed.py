"""Where an item is, ready to be shown: the place that counts, the earlier ones, whom to write to there."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from maillon.directory.queries import establishments
from maillon.kernel.clock import brussels_day
from maillon.observation.contacts import contacts_of
from maillon.observation.delivering import named
from maillon.observation.queries import locations
from maillon.outbox.sql import Row

PLAIN: dict[str, Any] = {"asn": None, "role": "name", "stale": [], "delivery": "", "anycast": False}
"""What locations written by earlier versions do not say of an address."""


def placed_part(*, item_id: UUID, at: datetime) -> dict[str, Any]:
    """`place`: the location that counts (None where there is none); `places`: the others, latest first; `contact`: the
    latest question for the abuse contact (None where nobody asked).
    """
    found = locations(item_id=item_id)
    counts = next((row for row in found if row["method"] == "person"), None)
    counts = counts or next((row for row in found if row["reason"] != "origin_told"), None)
    asked = contacts_of(item_id=item_id)
    _complete(found, at)
    return {
        "place": counts,
        "places": [row for row in found if row is not counts],
        "contact": asked[0] if asked else None,
    }


def _complete(found: list[Row], at: datetime) -> None:
    """To every address: where its provider is established, and how its delivery network can be asked."""
    seen = [one for row in found for one in _seen(row)]
    known = establishments({one["asn"] for one in seen if one.get("asn")}, brussels_day(at)) if seen else {}
    for one in seen:
        behind = named(one.get("delivery", ""))
        established = known.get(one.get("asn") or 0, "")
        one.update({**PLAIN, **one, "established": established, "asks": behind.asks if behind else ""})


def _seen(row: Row) -> Iterator[dict[str, Any]]:
    yield from row["seen"]
    for hop in row["hops"]:
        yield from hop["seen"]
