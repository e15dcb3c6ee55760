"""What is remembered of sources: how far each has used its pace, under a keyed hash, in memory, two hours at most."""

import hmac
from collections.abc import Callable

Draw = Callable[[int], bytes]
"""So many random bytes; `secrets.token_bytes` outside tests."""

PERIOD = 3600.0  # seconds after which a new key is drawn; the old one is good for finding a source, once more
MOST = 100_000  # sources remembered under one key: some 15 MB


class Sources:
    """The `due` of each source (`pace`). Not for several threads at once.

    A source is known by the HMAC of its network under a random key that leaves memory two periods after it was drawn.
    Where there are more than `most`, those that are no longer over their pace are forgotten first.
    """

    def __init__(self, draw: Draw, *, period: float = PERIOD, most: int = MOST) -> None:
        self._draw, self._period, self._most = draw, period, most
        self._begun = float("-inf")
        self._key = self._old_key = b""
        self._due: dict[bytes, float] = {}
        self._old: dict[bytes, float] = {}

    def __len__(self) -> int:
        return len(self._due) + len(self._old)

    def due(self, network: bytes, now: float) -> float:
        """The moment up to which the source has used its pace; one that is not known has used nothing."""
        self._turn_over(now)
        found = self._due.get(_hash(self._key, network))
        if found is None and self._old:
            found = self._old.get(_hash(self._old_key, network))
        return now if found is None else found

    def note(self, network: bytes, now: float, due: float) -> None:
        """Remember the source's new `due`."""
        self._turn_over(now)
        name = _hash(self._key, network)
        if name not in self._due and len(self._due) >= self._most:
            self._forget(now)
        self._due[name] = due

    def _turn_over(self, now: float) -> None:
        age = now - self._begun
        if age < self._period:
            return
        recent = age < 2 * self._period
        self._old, self._old_key = (self._due, self._key) if recent else ({}, b"")
        self._due, self._key, self._begun = {}, self._draw(32), now

    def _forget(self, now: float) -> None:
        kept = {name: due for name, due in self._due.items() if due > now}
        spare = len(kept) - self._most * 9 // 10
        for name in list(kept)[: max(spare, 0)]:
            del kept[name]
        self._due = kept


def _hash(key: bytes, network: bytes) -> bytes:
    return hmac.digest(key, network, "sha256")[:16]
