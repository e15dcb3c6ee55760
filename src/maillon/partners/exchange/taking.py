"""Take a message in from a peer: verified, stored once, answered with a receipt."""

from datetime import datetime
from pathlib import Path
from typing import Any

from maillon.kernel.crash import point
from maillon.kernel.errors import BadInput, MaillonError
from maillon.outbox.acting import acting, system_actor
from maillon.outbox.record import stamp
from maillon.outbox.sql import one
from maillon.partners.channels import Peer
from maillon.partners.envelope import Envelope, read_document
from maillon.partners.exchange.keys import own_key
from maillon.partners.exchange.peers import pinned, refuse_strangers
from maillon.partners.exchange.signed import sign, verified
from maillon.partners.receive import receive


class EpochsDiffer(MaillonError):
    """One of the two installations was restored since they last heard each other; they must greet first."""


def say_message(envelope: Envelope, *, peer: Peer, keys: Path) -> bytes:
    """The envelope as its sender signs it for `peer`."""
    saying = {
        "from": envelope.sender,
        "to": peer.house,
        "epoch": peer.ours,
        "known_epoch": peer.epoch,
        "message": envelope.document(),
    }
    return sign(saying, "message", own_key(keys))


def take_message(*, text: bytes, house: str, sender: str, keys: Path, at: datetime) -> bytes:
    """Store in `house` what `sender` says; the signed receipt, which is the same each time the message comes.

    Raises BadSignature, EpochsDiffer, OutOfOrder, BadInput.
    """
    refuse_strangers(text, "message", house=house, peer=sender)
    with acting(system_actor(house, "receiver")):
        peer = pinned(house=house, peer=sender)
        said = verified(text, "message", peer.key)
        if (said["from"], said["to"]) != (sender, house):
            raise BadInput(f"This message is from {said['from']} for {said['to']}; it is not taken in for {house}.")
        if (said["epoch"], said["known_epoch"]) != (peer.epoch, peer.ours):
            raise EpochsDiffer(f"{sender} and {house} have not greeted since one of them was restored; greet first.")
        envelope = read_document(said["message"])
        _refuse_misdirected(envelope, house, sender)
        receive(envelope=envelope, house=house, at=at)
        receipt = sign(_receipt(envelope, house, sender), "receipt", own_key(keys))
    point("exchange: stored")
    return receipt


def _refuse_misdirected(envelope: Envelope, house: str, sender: str) -> None:
    if envelope.sender != sender:
        raise BadInput(f"{sender} may not send what {envelope.sender} is said to have sent.")
    if one("SELECT 1 FROM access_organisation WHERE id = %s", [envelope.recipient]) is None:
        raise BadInput(f"The message is for {envelope.recipient}, whom {house} does not know.")


FIRST = """
SELECT received_at, (SELECT epoch FROM outbox_installation WHERE id = 1) AS ours FROM partners_received WHERE id = %s
"""


def _receipt(envelope: Envelope, house: str, sender: str) -> dict[str, Any]:
    found = one(FIRST, [envelope.id])
    assert found is not None
    return {
        "from": house,
        "to": sender,
        "epoch": found["ours"],
        "message": str(envelope.id),
        "number": envelope.number,
        "message_epoch": envelope.epoch,
        "digest": envelope.digest().hex(),
        "received_at": stamp(found["received_at"]),
    }


def check_receipt(text: bytes, envelope: Envelope, *, peer: Peer) -> str:
    """The receipt as it is kept, if `peer` signed it for this envelope. Raises BadSignature, BadInput."""
    said = verified(text, "receipt", peer.key)
    expected = {
        "from": peer.house,
        "to": envelope.sender,
        "message": str(envelope.id),
        "number": envelope.number,
        "message_epoch": envelope.epoch,
        "digest": envelope.digest().hex(),
    }
    if {name: said[name] for name in expected} != expected:
        raise BadInput(f"The receipt of {peer.house} is for another message; this one is sent again.")
    return text.decode()
