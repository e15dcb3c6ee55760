"""`maillon`: to a house of another installation, over HTTPS. What passes is signed, and answered with a receipt."""

from datetime import datetime, timedelta

from maillon.kernel.clock import FixedClock
from maillon.kernel.crash import point
from maillon.partners.channels import Channel, ChannelFailed, Partner, Surroundings
from maillon.partners.envelope import Envelope
from maillon.partners.exchange import client
from maillon.partners.exchange.greeting import greet
from maillon.partners.exchange.taking import check_receipt, say_message

DOWN_FOR = timedelta(seconds=3)
"""How long a peer that did not answer is left alone, so that it holds back only what is for it."""


class Maillon:
    """Post the message to the peer; posting it twice stores it once and brings the same receipt."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._keys = surroundings.keys
        self._down: dict[str, datetime] = {}

    def reaches(self, partner: Partner) -> bool:
        return self._keys is not None and partner.peer is not None

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str:
        peer, keys = partner.peer, self._keys
        if peer is None or keys is None:
            raise ChannelFailed(f"No installation is pinned for {partner.id}; `maillon peer pin` does.")
        if at - self._down.get(peer.address, at - DOWN_FOR) < DOWN_FOR:
            raise ChannelFailed(f"{peer.house} did not answer at {peer.address} a moment ago.")
        text = say_message(envelope, peer=peer, keys=keys)
        try:
            heard = client.say(peer=peer, house=envelope.sender, operation="message", text=text)
        except client.Unreachable:
            self._down[peer.address] = at
            raise
        except client.EpochsDiffer as differ:
            greet(house=envelope.sender, peer=peer, keys=keys, clock=FixedClock(at))
            raise ChannelFailed("The two installations have greeted; what was lost goes first.") from differ
        point("maillon: heard")
        return check_receipt(heard, envelope, peer=peer)


def open_channel(surroundings: Surroundings) -> Channel:
    return Maillon(surroundings)
