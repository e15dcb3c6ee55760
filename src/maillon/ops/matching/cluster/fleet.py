"""The processes that hold the parts of an index, and what is asked of them, whichever of them are lost meanwhile.

One that is lost, with its node or alone, is made anew where Ray finds room, from the hashes of this machine; what it
was asked is asked of another one with the same part, or of the new one. What was answered is not asked again.
"""

import time
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import Any

import ray
from ray.exceptions import ObjectLostError, RayActorError, RayTaskError

from maillon.kernel.errors import MaillonError
from maillon.matching.hits import Hits, joined, parts
from maillon.matching.words import Words
from maillon.ops.matching.cluster.engine import Say
from maillon.ops.matching.cluster.errors import ClusterLost, NoRoom
from maillon.ops.matching.cluster.part import Part, code
from maillon.ops.matching.cluster.planning import Plan, part_bytes

CHUNK = 1 << 20
"""Hashes that are sent at once: 32 MiB, which any object store holds."""
SHARES = 2
"""Questions are cut for each process of a part into so many, so that the quicker ones take more."""
PROCESSOR = 0.001
"""What Ray sets apart of a node's processors for a part: each uses all of them, and more come when nodes are lost."""
LOOK, TELL, PATIENCE = 2.0, 30.0, 600.0
"""Seconds: between two looks, until the user is told what is waited for, until it is given up."""
LOSSES = 5
"""So often in a row a part may be lost without an answer; then it is no accident."""


class Copy:
    """A process that holds a part, or will: it is `idle` when it does and is asked nothing."""

    def __init__(self, part: int, words: Words, beside: int) -> None:
        self.part, self.node, self.ready, self.idle = part, "", False, False
        options = {"num_cpus": PROCESSOR, "memory": part_bytes(len(words)), "scheduling_strategy": "SPREAD"}
        self.actor = ray.remote(Part).options(**options).remote()
        self._steps = self._building(words, beside)

    def step(self) -> Any:
        """What is to be waited for next; None once it is built."""
        return next(self._steps, None)

    def _building(self, words: Words, beside: int) -> Iterator[Any]:
        yield self.actor.begin.remote(code(), len(words))
        for at in range(0, len(words), CHUNK):
            yield self.actor.take.remote(at, words[at : at + CHUNK])
        yield self.actor.build.remote(beside)


class Fleet:
    """Sets of hashes, each cut as its plan says; their places there are their names. Not for two threads at once."""

    def __init__(self, sets: Sequence[Words], plans: Sequence[Plan], *, nodes: int, say: Say) -> None:
        self._say = say
        self._sets: list[range] = []
        self._parts: list[Words] = []
        self._starts: list[int] = []
        self._wanted: list[int] = []
        self._beside: list[int] = []
        for words, plan in zip(sets, plans, strict=True):
            first = len(self._parts)
            self._parts += [words[part] for part in plan.parts]
            self._starts += [part.start for part in plan.parts]
            self._wanted += [plan.copies] * len(plan.parts)
            self._beside += [max(1, len(plan.parts) // nodes)] * len(plan.parts)
            self._sets.append(range(first, len(self._parts)))
        self._copies: list[Copy] = []
        self._building: dict[Any, Copy] = {}
        self._losses: Counter[int] = Counter()
        self._fill()

    def search(self, number: int, queries: Words, radius: int) -> Hits:
        """What is near in this set, by query, then place. Raises NoRoom, ClusterRefused, ClusterLost."""
        of = self._sets[number]
        shares = parts(len(queries), SHARES * self._wanted[of.start])
        sent = [ray.put(queries[share]) for share in shares]
        open = {part: deque(range(len(shares))) for part in of}
        asked: dict[Any, tuple[Copy, int]] = {}
        found = []
        self._since = self._told = time.monotonic()
        while asked or any(open.values()):
            for copy in self._copies:
                if copy.idle and open.get(copy.part):
                    share, copy.idle = open[copy.part].popleft(), False
                    asked[copy.actor.search.remote(sent[share], radius)] = copy, share
            for reference in self._answered(asked):
                copy, share = asked.pop(reference)
                hits = self._got(reference, copy)
                if hits is None:
                    open[copy.part].append(share)
                    continue
                copy.idle, self._losses[copy.part] = True, 0
                queried, placed = hits.queries + shares[share].start, hits.entries + self._starts[copy.part]
                found.append(Hits(queried, placed, hits.distances))
        return joined(found, len(queries))

    def _answered(self, asked: dict[Any, Any]) -> list[Any]:
        """Those of the asked that are answered, or lost, by now. What is being built goes on meanwhile."""
        done, _ = ray.wait([*asked, *self._building], timeout=LOOK)
        if asked or done:
            self._since = self._told = time.monotonic()
        else:
            self._wait()
        for reference in done:
            if reference in self._building:
                self._built(reference)
        return [reference for reference in done if reference in asked]

    def _wait(self) -> None:
        now = time.monotonic()
        if now - self._since > PATIENCE:
            raise NoRoom("No node had room for a part of the index; add one to the cluster, and go on with --resume.")
        if now - self._told > TELL:
            self._told = now
            self._say("Waiting for a part of the index to be built, or for a node that has room for it.")

    def _built(self, reference: Any) -> None:
        """Go on with what is being built."""
        copy = self._building.pop(reference)
        node = self._got(reference, copy)
        if copy not in self._copies:
            return
        step = copy.step()
        if step is not None:
            self._building[step] = copy
            return
        copy.node, copy.ready, copy.idle = node, True, True
        if self._losses[copy.part]:
            self._say(f"What was lost is built again, at {node}.")
        self._fill()

    def _got(self, reference: Any, copy: Copy) -> Any:
        """The answer; None where the process was lost before it came, and another was begun."""
        try:
            return ray.get(reference)
        except (RayActorError, ObjectLostError) as error:
            self._copies.remove(copy)
            self._losses[copy.part] += 1
            if self._losses[copy.part] == LOSSES:
                last = str(error).strip().splitlines()[-1]
                raise ClusterLost(
                    f"A part of the index was lost {LOSSES} times ({last}). See that every node has the same Maillon "
                    "and memory enough, and go on with --resume."
                ) from None
            if copy.ready or self._losses[copy.part] == 1:
                at = f" at {copy.node}" if copy.ready else ""
                self._say(f"A process{at} with a part of the index was lost; the part is built again.")
            self._fill()
            return None
        except RayTaskError as error:
            if isinstance(error.cause, MaillonError):
                raise error.cause from None
            raise ClusterLost(f"A node cannot search: {error.cause!r}.") from None

    def _fill(self) -> None:
        """Begin what is missing: for a part that has no process, one; others only when every part is ready."""
        having = Counter(copy.part for copy in self._copies)
        ready = {copy.part for copy in self._copies if copy.ready}
        for part, wanted in enumerate(self._wanted):
            for _ in range((wanted if len(ready) == len(self._parts) else 1) - having[part]):
                copy = Copy(part, self._parts[part], self._beside[part])
                self._copies.append(copy)
                self._building[copy.step()] = copy
