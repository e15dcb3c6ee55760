"""Ways to reach a partner, one folder each, found by being there: `channels/<name>/__init__.py` with `open_channel`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Protocol

from maillon.partners.envelope import Envelope


class ChannelFailed(Exception):
    """The message did not arrive; trying again later may help."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another installation that runs `house`: its address (https), its pinned Ed25519 key (base64), the certificates
    (PEM) that its HTTPS is checked against or "" for the system's, and the epoch it was in when last heard (0: never).
    `ours` is the epoch that this installation is in.
    """

    house: str
    address: str
    key: str
    authority: str
    epoch: int
    ours: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Whom a message is for, as the sending house knows them. `desk_house` is the house that is theirs, or '', and
    `peer` the installation that runs it, where one is pinned.
    """

    id: str
    kind: str
    desk_house: str
    recipient: str
    peer: Peer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a channel may use: the houses that run here, the folder for files, the folder of our keys if any."""

    houses: tuple[str, ...]
    folder: Path
    keys: Path | None = None


class Channel(Protocol):
    """The contract, held by tests/partners/test_channel_contract.py for every folder.

    `send` returns a receipt once the partner has the message; the same envelope sent again arrives once. It raises
    ChannelFailed where trying later may help. It is called outside any transaction; `at` is now.
    """

    def reaches(self, partner: Partner) -> bool: ...

    def send(self, envelope: Envelope, partner: Partner, at: datetime) -> str: ...


@cache
def names() -> tuple[str, ...]:
    """The channels there are."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


def open_channels(surroundings: Surroundings) -> Mapping[str, Channel]:
    """Every channel, ready to send."""
    return {name: import_module(f"{__name__}.{name}").open_channel(surroundings) for name in names()}
