"""`maillon captures`: what fetches of an item received."""

import json
from collections import Counter
from uuid import UUID

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.items.captures import captures_of, media_of
from maillon.observation.fetches import latest_fetches
from maillon.ops.declaring import needs
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.outbox.acting import acting
from maillon.outbox.sql import Row


@click.command
@click.argument("item", type=click.UUID)
@as_json
@as_user
@in_house
@on_database
@needs(Permission.LIST_ITEMS)
def command(item: UUID, as_json: bool, user: str, house: str) -> None:
    """Show the fetches of ITEM, newest first: outcome, reason, hops and media, with hashes and without addresses."""
    by = find_actor(house=house, name=user)
    with acting(by):
        check(by, Permission.LIST_ITEMS)
        found = captures_of(item_ids=[item])
        media = media_of(capture_ids=[row["id"] for row in found])
        fetch = latest_fetches(item_ids=[item]).get(item)
    if as_json:
        click.echo(json.dumps([_plain(row, media[row["id"]]) for row in found]))
        return
    if fetch and fetch["state"] != "done":
        click.echo(f"A fetch asked for by {fetch['asked_by']} is {fetch['state']}.")
    if not found:
        click.echo("Nothing was fetched yet.")
    for row in found:
        click.echo(_line(row, media[row["id"]]))


def _plain(capture: Row, media: list[Row]) -> dict[str, object]:
    kept = ("purpose", "asked_by", "outcome", "reason", "status", "mime", "size", "needs_scripts", "named")
    of_medium = ("kind", "outcome", "reason", "mime", "size", "width", "height", "seconds")
    return {
        "capture": str(capture["id"]),
        "began_at": capture["began_at"].isoformat(),
        **{name: capture[name] for name in kept},
        "hops": len(capture["hops"]),
        "media": [
            {**{name: one[name] for name in of_medium}, "sha256": bytes(one["sha256"] or b"").hex()} for one in media
        ],
    }


def _line(capture: Row, media: list[Row]) -> str:
    came = Counter(one["outcome"] for one in media)
    said = [
        f"{capture['began_at']:%Y-%m-%d %H:%M}Z",
        capture["outcome"] + (f" ({capture['reason']})" if capture["reason"] else ""),
        f"{len(capture['hops'])} hops",
        f"{capture['named']} media named" + "".join(f", {count} {outcome}" for outcome, count in sorted(came.items())),
        *(["needs scripts"] if capture["needs_scripts"] else []),
    ]
    return "  ".join(said)
