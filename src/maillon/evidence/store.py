"""Where sealed bytes lie, by name: the promises that a folder and an S3 service keep alike."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Protocol

NAME = re.compile(r"[0-9a-f]{64}")


class Stored(NamedTuple):
    """One object of a store. `size` is in bytes, `at` when it was put there, by the store's own clock."""

    name: str
    size: int
    at: datetime


class Store(Protocol):
    """Sealed bytes by name (64 hexadecimal digits). Raises StoreFailed where it cannot keep a promise."""

    def put(self, name: str, data: bytes) -> None:
        """Keep `data`. When this returns it survives a crash; whatever happens, there is never half of it."""

    def get(self, name: str) -> bytes:
        """What was put there. Raises Gone."""

    def delete(self, names: Iterable[str]) -> None:
        """Nothing of these is left, no former version either. One that is not there is no error."""

    def list(self) -> Iterator[Stored]:
        """Everything that is there, in no order."""

    def tidy(self, before: datetime) -> int:
        """Remove what was begun before that moment and never became an object; how many."""
