"""What registries are asked and answer; apart from the asking, which takes libraries that are slow to load."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal, NamedTuple

FROZEN = Path(__file__).parent / "data" / "rdap-bootstrap.json"
"""IANA's bootstrap files as they were frozen into the program; `data/freeze.py` says from what."""
REFRESHED = "rdap-bootstrap.json"
"""The installation's own, in its folder, where it refreshed them."""

Kind = Literal["ip", "autnum", "domain"]
Outcome = Literal["found", "no_mailbox", "not_found", "no_server", "busy", "silent", "refused", "unreadable", "failed"]
PASSING = frozenset({"busy", "silent", "failed"})
"""Outcomes that may be better later."""


class Answered(NamedTuple):
    """What one question came to. `mail`, `name` and `handle` are of the abuse contact, "" where none was named.

    `server` is the host asked, `status` its HTTP status (None where none came), `wait` the seconds that a
    busy one asked for.
    """

    outcome: Outcome
    server: str = ""
    status: int | None = None
    mail: str = ""
    name: str = ""
    handle: str = ""
    wait: int = 0


Ask = Callable[[Kind, str], Answered]
