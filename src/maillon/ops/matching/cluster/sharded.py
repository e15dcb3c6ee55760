"""An index as it is now, of which what is near is searched by a fleet."""

from collections.abc import Sequence

import numpy as np

from maillon.matching.hits import Hits, refuse_radius
from maillon.matching.index import Index
from maillon.matching.layers import Layer
from maillon.matching.near import Near
from maillon.matching.words import Words
from maillon.ops.matching.cluster.engine import Say
from maillon.ops.matching.cluster.fleet import Fleet
from maillon.ops.matching.cluster.planning import Node, planned

FEWEST = 1 << 16
"""Fewer hashes are not sent: this machine has answered before they are there."""


class Sharded(Near):
    """Hashes that a fleet searches, once there is one."""

    fleet: Fleet
    number: int

    def search(self, queries: Words, radius: int, *, threads: int = 1) -> Hits:
        """As `Near.search`; the threads are those of the nodes."""
        refuse_radius(radius)
        return self.fleet.search(self.number, queries, radius)


def sharded(index: Index, nodes: Sequence[Node], say: Say) -> Index:
    """This index, which must not be asked itself any more. Raises NoRoom.

    Only hashes go to the cluster: whose they are is looked up here. So are equal hashes, sooner than they are sent.
    """
    sets: list[Sharded] = []

    def taken(words: Words) -> Sharded:
        sets.append(Sharded(words, None))
        return sets[-1]

    def through(layer: Layer) -> Layer:
        if layer.type.radius is None:
            return layer
        if layer.base is not None and len(layer.base) >= FEWEST:
            layer = layer._replace(base=taken(layer.base.arrays()["words"]))
        if (count := len(layer.hashes)) >= FEWEST:
            middle = taken(layer.hashes.view(np.uint64))
            layer = layer._replace(middle=middle, order=np.arange(count), merged=count)
        return layer

    found = index.frozen(through)
    plans = planned([len(words) for words in sets], nodes)
    fleet = Fleet([words.arrays()["words"] for words in sets], plans, nodes=len(nodes), say=say)
    for number, words in enumerate(sets):
        words.fleet, words.number = fleet, number
    if sets:
        count, processes = sum(map(len, sets)), sum(len(plan.parts) * plan.copies for plan in plans)
        say(f"{count:,} hashes in {processes} processes on {len(nodes)} nodes.")
    return found
