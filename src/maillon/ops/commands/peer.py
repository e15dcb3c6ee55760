"""`maillon peer`: the other installations that a house speaks with, and what became of messages that they lost."""

import json
from pathlib import Path
from uuid import UUID

import click

from maillon.access.permissions import Permission, check
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.ops.declaring import needs, open_to_operator
from maillon.ops.installation import current
from maillon.ops.options import as_json, as_user, in_house, on_database
from maillon.ops.showing import brussels, show_table
from maillon.outbox.acting import acting
from maillon.partners.exchange import peers
from maillon.partners.exchange.keys import fingerprint, own_key, public_text
from maillon.settings import HOUSES

COLUMNS = ("peer", "address", "epoch", "heard_at", "waiting", "lost", "error", "fingerprint")
LOST = ("id", "sender", "kind", "epoch", "number", "received_at", "lost_at", "settled_why")
other_house = click.argument("peer", type=click.Choice(HOUSES))


@click.group
def command() -> None:
    """Pin the keys of other installations; list and settle the messages that they lost."""


@command.command
@as_json
@open_to_operator("it prints this installation's own public key")
def key(as_json: bool) -> None:
    """Print this installation's public key, and the fingerprint to read aloud to whoever pins it."""
    text = public_text(own_key(current().keys))
    if as_json:
        click.echo(json.dumps({"key": text, "fingerprint": fingerprint(text)}))
        return
    click.echo(f"key          {text}")
    click.echo(f"fingerprint  {fingerprint(text)}")


@command.command
@other_house
@click.option("--address", required=True, metavar="URL", help="Where it is reached: https://name:port")
@click.option("--key", "text", required=True, metavar="KEY", help="What `maillon peer key` prints there.")
@click.option(
    "--authority", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Certificates (PEM) that its HTTPS is checked against, instead of the system's.",
)  # fmt: skip
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_PEERS)
def pin(peer: str, address: str, text: str, authority: Path | None, user: str, house: str) -> None:
    """Let the house PEER, which another installation runs, speak with this house. Compare the fingerprint aloud."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    trusted = authority.read_text() if authority else ""
    peers.pin_peer(peer=peer, address=address, key=text, authority=trusted, by=by, at=at)
    click.echo(f"{house} speaks with {peer} at {address}. Its key's fingerprint, to be compared by telephone:")
    click.echo(fingerprint(text))


@command.command
@other_house
@click.option("--reason", required=True, metavar="TEXT")
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_PEERS)
def remove(peer: str, reason: str, user: str, house: str) -> None:
    """Let nothing pass to or from PEER any more."""
    by = find_actor(house=house, name=user)
    peers.remove_peer(peer=peer, reason=reason, by=by, at=SystemClock().now())
    click.echo(f"Nothing passes between {house} and {peer} any more.")


@command.command(name="list")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_PEERS)
def list_(as_json: bool, user: str, house: str) -> None:
    """List the pinned installations: when each was last heard, what waits for it, what it lost."""
    by = find_actor(house=house, name=user)
    with acting(by):
        check(by, Permission.MANAGE_PEERS)
        found = [
            {**row, "heard_at": brussels(row["heard_at"]), "pinned_at": brussels(row["pinned_at"]),
             "fingerprint": fingerprint(row["key"])}
            for row in peers.peers()
        ]  # fmt: skip
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, COLUMNS)


@command.command
@click.option("--settle", "settled", type=click.UUID, help="Say what became of this message (its id).")
@click.option("--reason", default="", metavar="TEXT", help="What became of it.")
@click.option("--all", "also_settled", is_flag=True, help="List the settled ones too.")
@as_json
@as_user
@in_house
@on_database
@needs(Permission.MANAGE_PEERS)
def lost(settled: UUID | None, reason: str, also_settled: bool, as_json: bool, user: str, house: str) -> None:
    """List messages that their sender, restored from a backup, no longer knows; or settle one with a reason."""
    by, at = find_actor(house=house, name=user), SystemClock().now()
    if settled is not None:
        peers.settle_lost(id=settled, why=reason, by=by, at=at)
        click.echo(f"What became of {settled} is noted.")
        return
    with acting(by):
        check(by, Permission.MANAGE_PEERS)
        moments = ("received_at", "lost_at", "settled_at")
        found = [
            {**row, "id": str(row["id"]), "item": str(row["item"] or ""), **{m: brussels(row[m]) for m in moments}}
            for row in peers.lost_messages(settled=also_settled)
        ]
    click.echo(json.dumps(found, indent=2)) if as_json else show_table(found, LOST)
