"""Greetings between peers: each says which messages it knows; what one lost, the other sends again or lists.

A peer is greeted when it was pinned, when this installation starts, when a message shows that one of the two was
restored, and every hour.
"""

import logging
from datetime import datetime, timedelta
from pathlib import Path

from maillon.kernel.clock import Clock
from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import NewEvent, record, stamp
from maillon.outbox.sql import one, run
from maillon.partners.channels import ChannelFailed, Peer
from maillon.partners.exchange import client, events, numbers
from maillon.partners.exchange.keys import own_key
from maillon.partners.exchange.peers import PEER, as_peer, pinned, refuse_strangers
from maillon.partners.exchange.signed import Purpose, sign, verified

log = logging.getLogger("maillon.exchange")

EVERY = timedelta(hours=1)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=1)
FRESH = timedelta(minutes=10)
"""How far the clocks of two installations may differ, and how old a greeting may be."""

CLAIM = f"""
WITH due AS (SELECT house, peer FROM partners_peer WHERE due_at <= %(at)s ORDER BY due_at LIMIT 1
  FOR UPDATE SKIP LOCKED),
claimed AS (UPDATE partners_peer p SET due_at = %(again)s FROM due WHERE p.house = due.house AND p.peer = due.peer)
{PEER} JOIN due USING (house, peer)
"""


def greet_due(*, house: str, keys: Path, clock: Clock) -> int:
    """Greet the peer of `house` that has waited longest, if one is due; how many were greeted or tried."""
    at = clock.now()
    with acting(system_actor(house, "greeter")):
        found = one(CLAIM, {"at": at, "again": at + FIRST_PAUSE})
    if found is None:
        return 0
    peer = as_peer(found)
    try:
        greet(house=house, peer=peer, keys=keys, clock=clock)
    except (ChannelFailed, MaillonError) as error:
        log.warning("%s could not greet %s: %s", house, peer.house, error)
        _note_failure(house, peer.house, str(error), clock.now())
    return 1


def greet(*, house: str, peer: Peer, keys: Path, clock: Clock) -> None:
    """Tell `peer` what `house` knows, and note what it knows. Raises ChannelFailed, MaillonError."""
    by = system_actor(house, "greeter")
    with acting(by):
        said = _said(house, peer, "greeting", keys, clock.now())
    point("greet: said")
    heard = client.say(peer=peer, house=house, operation="greeting", text=said)
    point("greet: heard")
    with acting(by):
        peer = pinned(house=house, peer=peer.house, lock="FOR UPDATE")
        _note(house, peer, heard, "reply", clock.now())
    point("greet: noted")


def take_greeting(*, text: bytes, house: str, sender: str, keys: Path, at: datetime) -> bytes:
    """`sender` greets `house`: note what it knows; the signed reply. Raises BadSignature, BadInput."""
    refuse_strangers(text, "greeting", house=house, peer=sender)
    with acting(system_actor(house, "receiver")):
        peer = pinned(house=house, peer=sender, lock="FOR UPDATE")
        _note(house, peer, text, "greeting", at)
        return _said(house, peer, "reply", keys, at)


def _said(house: str, peer: Peer, purpose: Purpose, keys: Path, at: datetime) -> bytes:
    saying = {
        "from": house,
        "to": peer.house,
        "epoch": peer.ours,
        "at": stamp(at),
        "sent": numbers.sent_to(peer.house),
        "received": numbers.received_from(peer.house),
    }
    return sign(saying, purpose, own_key(keys))


HEARD = """
UPDATE partners_peer SET epoch = %(epoch)s, heard_at = %(at)s, due_at = %(next)s, failures = 0, error = ''
WHERE peer = %(peer)s
"""


def _note(house: str, peer: Peer, text: bytes, purpose: Purpose, at: datetime) -> None:
    """Note what the peer says that it knows; its row is locked."""
    said = verified(text, purpose, peer.key)
    if (said["from"], said["to"]) != (peer.house, house):
        raise BadInput(f"This {purpose} is for another house; nothing is taken from it.")
    if abs(at - datetime.fromisoformat(said["at"])) > FRESH:
        raise BadInput(f"The {purpose} was said at {said['at']}, too long ago or ahead; set both clocks right.")
    epoch = said["epoch"]
    if epoch < peer.epoch:
        raise BadInput(
            f"{peer.house} says that it is in epoch {epoch} but was heard in {peer.epoch}; "
            f"restore it with --epoch {peer.epoch + 1}."
        )
    again = numbers.send_again(peer=peer.house, received=said["received"], at=at)
    lost = numbers.note_lost(peer=peer.house, sent=said["sent"], epoch=epoch, at=at)
    numbers.send_at_once(peer=peer.house, at=at)
    run(HEARD, {"peer": peer.house, "epoch": epoch, "at": at, "next": at + EVERY})
    if again or lost or peer.epoch not in (0, epoch):
        body = {"peer": peer.house, "epoch": epoch, "before": peer.epoch, "again": again, "lost": lost}
        event = NewEvent(kind=events.PEER_RESTORED, item=None, body=body, happened_at=at)
        record([event], by=system_actor(house, "greeter"), at=at)


FAILED = """
UPDATE partners_peer SET failures = least(failures + 1, 1000), error = %(error)s,
  due_at = %(at)s::timestamptz + least(%(first)s::interval * power(2, least(failures, 16)), %(most)s::interval)
WHERE peer = %(peer)s
"""


def _note_failure(house: str, peer: str, error: str, at: datetime) -> None:
    with acting(system_actor(house, "greeter")):
        run(FAILED, {"peer": peer, "error": error[:500], "at": at, "first": FIRST_PAUSE, "most": LONGEST_PAUSE})
