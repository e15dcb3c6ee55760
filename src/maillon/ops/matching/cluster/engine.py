"""What `maillon match` asks: hashes go to the process that asks the cluster, and answers come back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from maillon.kernel.errors import BadInput
from maillon.matching.answers import Found
from maillon.ops.matching.cluster.errors import ClusterLost

Say = Callable[[str], None]
ADDRESS = "Name the cluster's head with --ray-address HOST:PORT, or with RAY_ADDRESS."
END_SECONDS = 10.0


class Begun(NamedTuple):
    """What the process tells first."""

    banks: Sequence[str]
    types: Mapping[str, int]


class Engine:
    """The index as it was when this began: what is added or withdrawn meanwhile counts for the next run."""

    def __init__(self, process: Connection, say: Say) -> None:
        self._process, self._say = process, say
        begun = self._answer()
        self.banks: Sequence[str] = begun.banks
        self.types: Mapping[str, int] = begun.types

    def search(self, type: str, hashes: bytes, *, radius: int | None = None, threads: int = 1) -> Found:
        """As an Index answers, in the same order; `threads` are each node's own. Raises ClusterLost, NoRoom."""
        with suppress(OSError):  # it ended, and why, it may have said yet
            self._process.send((type, hashes, radius))
        found: Found = self._answer()
        return found

    def _answer(self) -> Any:
        while True:
            try:
                told = self._process.recv()
            except (EOFError, ConnectionResetError):
                raise ClusterLost(
                    "The process that asks the cluster ended, as it does when this machine's Ray does; see to that, "
                    "and go on with --resume."
                ) from None
            if isinstance(told, Exception):
                raise told
            if not isinstance(told, str):
                return told
            self._say(told)


@contextmanager
def asking(folder: Path, address: str | None, *, threads: int, say: Say) -> Iterator[Engine]:
    """The index in this folder, over the cluster at this address; `say` is told what the user should know.

    Raises BadInput, NoIndex, IndexDamaged, ClusterRefused, NoRoom.
    """
    if find_spec("ray") is None:
        raise BadInput("Ray is not installed: install maillon[ray], here and on every node, or leave --engine out.")
    if not address:
        raise BadInput(ADDRESS)
    from maillon.ops.matching.cluster.process import main

    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=main, args=(there, folder.absolute(), address, threads), daemon=True)
    process.start()
    there.close()
    try:
        yield Engine(here, say)
    finally:
        here.close()
        process.join(END_SECONDS)
        process.kill()
        process.join()
