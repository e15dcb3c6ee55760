"""`maillon items`: every item, where it is hosted, which reports speak of it."""

from pathlib import Path
from typing import Any

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.hotline.intake.queries import items_with_reports
from maillon.kernel.clock import SystemClock
from maillon.observation.conclude import UNDETERMINED
from maillon.observation.queries import latest_locations
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, listing, on_database
from maillon.ops.showing import brussels, put_out
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row

COLUMNS = ("item", "state", "country", "site", "canonical_url", "reports")


@click.command
@as_json
@listing
@as_user
@in_house
@on_database
@needs(Permission.LIST_ITEMS)
def command(as_json: bool, reason: str, output: Path | None, user: str, house: str) -> None:
    """List the items: what is reported, where it is hosted, and its state."""
    by = find_actor(house=house, name=user)
    with acting(by):
        check(by, Permission.LIST_ITEMS)
        rows = items_with_reports()
        located = latest_locations(item_ids=[row["item"] for row in rows])
    found = [_item(row, located.get(row["item"])) for row in rows]
    if not as_json:
        found = [{**row, "country": row["location"]["country"]} for row in found]
    put_out(found, COLUMNS, what="items", as_json=as_json, reason=reason, output=output, by=by, clock=SystemClock())


def _item(row: Row, location: Row | None) -> dict[str, Any]:
    return {
        "item": str(row["item"]),
        "reports": row["reports"] or [],
        "url": row["url"],
        "canonical_url": row["canonical"],
        "site": row["site"],
        "location": _location(location),
        "state": row["state"],
    }


def _location(row: Row | None) -> dict[str, Any]:
    if row is None:
        return {"country": UNDETERMINED, "reason": "not_located_yet", "sources": [], "observed_at": None}
    if row["method"] == "person":
        sources = [{"source": "person", "country": row["country"], "by": row["stated_by"], "says": row["statement"]}]
    else:
        sources = [source for seen in row["seen"] for source in _sources(seen)]
    return {
        "country": row["country"],
        "reason": row["reason"],
        "sources": sources,
        "observed_at": brussels(row["observed_at"]),
    }


def _sources(seen: dict[str, Any]) -> list[dict[str, Any]]:
    """What each source said of one address; a source that is silent says None."""
    names: dict[str, str] = seen["data_dates"]
    return [
        {
            "source": name,
            "address": seen["ip"],
            "country": seen["countries"].get(name),
            "data_date": names[name],
            "asn": seen["asn"],
            "network": seen["network"],
        }
        for name in names
        if name != "asn"
    ]
