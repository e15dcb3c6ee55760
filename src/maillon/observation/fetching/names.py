"""Names to the addresses that may be connected to: asked once in the life of a fetch, and every address checked."""

import asyncio
from typing import NamedTuple

from maillon.observation.fetching.guard import Guard, Target
from maillon.observation.fetching.refusals import Refusal, Stop
from maillon.observation.resolve import Endpoint, NoResolver, resolve_many

_REASONS = {
    "not_found": Refusal.NAME_NOT_FOUND,
    "no_address": Refusal.NO_ADDRESS,
    "no_answer": Refusal.NO_ANSWER,
}


class Door(NamedTuple):
    """An address as it is recorded, and where to connect to for it; of an onion only Tor knows the address."""

    address: str
    host: str
    port: int
    onion: bool = False


class Names:
    """The answers of one fetch. What was checked is what is connected to, however the name answers later."""

    def __init__(self, guard: Guard, resolver: Endpoint | None, loop: asyncio.AbstractEventLoop) -> None:
        self._guard, self._resolver, self._loop = guard, resolver, loop
        self._known: dict[str, tuple[str, ...] | Stop] = {}

    def doors(self, target: Target, patience: float) -> list[Door]:
        """Where `target` may be connected to, IPv4 first. Raises Stop: one bad address refuses the name."""
        if target.onion:
            return [Door("", target.host, target.port, onion=True)]
        if target.host not in self._known:
            self._known[target.host] = self._ask(target.host, patience)
        known = self._known[target.host]
        if isinstance(known, Stop):
            raise Stop(known.reason, known.detail)
        return [Door(ip, *self._guard.door(ip, target.port)) for ip in known]

    def _ask(self, host: str, patience: float) -> tuple[str, ...] | Stop:
        asking = resolve_many([host], resolver=self._resolver, timeout=min(2.0, patience / 3))
        try:
            answer = self._loop.run_until_complete(asking)[host]
        except (NoResolver, OSError) as error:
            return Stop(Refusal.NO_ANSWER, str(error))
        if answer.status != "ok":
            return Stop(_REASONS[answer.status])
        return answer.addresses
