"""A part of the index, in a process of a node. It is given hashes, and what it is asked are hashes."""

import os
from functools import cache
from hashlib import sha256
from pathlib import Path

import numpy as np

from maillon import matching
from maillon.matching.hits import Hits
from maillon.matching.near import Near
from maillon.matching.words import WORDS, Words
from maillon.ops.matching.cluster.errors import ClusterRefused


@cache
def code() -> str:
    """A digest of the program that searches: one number for all nodes that search alike."""
    folder = Path(matching.__file__).parent
    found = sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()


class Part:
    """An actor. `begin`, then `take` until all is there, `build`, then `search` as often as need be."""

    def begin(self, program: str, count: int) -> None:
        """Make room for so many hashes. Raises ClusterRefused where this node has another program."""
        if program != code():
            raise ClusterRefused(
                f"The node {_here()} has another Maillon than this machine; install the same one on every node."
            )
        self._words = np.empty((count, WORDS), np.uint64)

    def take(self, place: int, words: Words) -> None:
        """Some of the hashes, from this place on."""
        self._words[place : place + len(words)] = words

    def build(self, beside: int) -> str:
        """Make the index, and say where it is. `beside`: so many parts share the processors of a node."""
        self._threads = max(1, _processors() // beside)
        self._near = Near.build(self._words, threads=self._threads)
        return _here()

    def search(self, queries: Words, radius: int) -> Hits:
        """As `Near.search`."""
        return self._near.search(queries, radius, threads=self._threads)


def _here() -> str:
    return os.uname().nodename


def _processors() -> int:
    """Those that Ray may use on this node."""
    import ray

    here = ray.get_runtime_context().get_node_id()
    return next((int(node["Resources"].get("CPU", 1)) for node in ray.nodes() if node["NodeID"] == here), 1)
