"""How a process keeps up with a folder: the built file, and what the journal says since.

Whoever asks looks at the journal's mark first: one `pread`. If it has moved, what is new is read; if the files were
swapped, they are opened anew. Nothing is written and no lock of the folder is taken, so it may belong to somebody else.
"""

from pathlib import Path
from threading import Lock
from time import monotonic
from typing import NamedTuple

from maillon.kernel.crash import point
from maillon.matching.batches import batches
from maillon.matching.exact import Exact
from maillon.matching.file import FILE, File, changed, check, damaged, opened
from maillon.matching.hashes import types
from maillon.matching.journal import LOG, Journal, Place, packed_mark
from maillon.matching.layers import Held, Layer, Searched, warm
from maillon.matching.near import Near
from maillon.matching.rows import RECORD

SWAPS_MET = 20
"""How often an opening begins anew because a build swapped the files meanwhile."""
LOOK_AGAIN = 1.0
"""Seconds after which the names are looked at in any case: who puts a copy back tells nobody."""


class View(NamedTuple):
    """What is held at one moment."""

    mark: bytes | None
    """The journal's mark then; None while a swap went on, so that the files are looked at again."""
    journal: Journal
    file: File | None
    banks: list[str]
    """Their names; those that come later are put at its end."""
    layers: dict[str, Layer]


class Following:
    """Keeps up with a folder, for any number of threads. Raises NoIndex, IndexDamaged."""

    def __init__(self, folder: Path, *, threads: int) -> None:
        self._folder, self._threads = folder, threads
        self._lock = Lock()
        self._until = 0.0
        warm()
        self._open, self._now = self._opened()

    def fresh(self) -> View:
        """What the folder holds now."""
        view = self._now
        if view.journal.marked() == view.mark and monotonic() < self._until:
            return view
        return self._renewed()

    def _renewed(self) -> View:
        with self._lock:
            view, open = self._now, self._open
            mark = open.journal.mark()
            same = mark.swaps == open.swaps and mark.settled and monotonic() < self._until
            if not open.whole or not (same or open.stands(mark.swaps)):
                self._open, self._now = self._opened()
            elif view.mark != packed_mark(open.journal.identity, mark):
                self._now = open.read_on()
            self._until = monotonic() + LOOK_AGAIN
            return self._now

    def _opened(self) -> tuple["Opened", View]:
        """A journal and a file that belong together; a build may swap them meanwhile."""
        for _ in range(SWAPS_MET):
            open = Opened(self._folder)
            if open.belong():
                break
            if not open.journal.replaced():
                raise damaged(open.path, "belongs to another journal")
        else:
            raise damaged(open.path, "is swapped again and again")
        if open.file is not None:
            check(open.file, open.path, threads=self._threads)
        return open, open.read_on()


class Opened:
    """A journal and the file that was made from it, and how far the journal was read. Not for two threads at once."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        self.journal = Journal(folder / LOG)
        self.swaps = self.journal.mark().swaps  # read before the file is opened, so that no swap is missed
        self.file = opened(self.path)
        self.whole = True
        """False once reading was broken off in the middle: by a damaged journal, or by whoever ran out of patience."""
        self._banks: list[str] = [] if self.file is None else list(self.file.about["banks"])
        self._held = {} if self.file is None else bases(self.file)
        self._place = covered(self.file, self.journal)

    def belong(self) -> bool:
        """Whether the file was made from this journal."""
        return self._place is not None

    def stands(self, swaps: int) -> bool:
        """Whether both are still what their names mean, now that the journal counts so many swaps."""
        if self.journal.replaced() or changed(self.file, self.path):
            return False
        self.swaps = swaps
        return True

    def read_on(self) -> View:
        """What is held once all that the journal says is read."""
        mark = self.journal.mark()
        assert self._place is not None
        self.whole = False
        for batch in batches(self.journal.blocks(self._place, mark.place), self._banks):
            if batch.type not in self._held:
                self._held[batch.type] = Held(types()[batch.type])
            self._held[batch.type].apply(batch.hashes, batch.records, batch.adding)
            point("reading: applied")
        self._place, self.whole = mark.place, True
        layers = {name: held.layer() for name, held in self._held.items()}
        settled = mark.settled and mark.swaps == self.swaps
        seen = packed_mark(self.journal.identity, mark) if settled else None
        return View(seen, self.journal, self.file, self._banks, layers)


def covered(file: File | None, journal: Journal) -> Place | None:
    """Up to where of this journal the file holds everything; None where it was made from another."""
    if file is None:
        return journal.beginning()
    place = file.about["journals"].get(journal.identity.hex())
    return Place(*place) if place and journal.has(Place(*place)) else None


def bases(file: File) -> dict[str, Held]:
    """The types in a file that this program knows."""
    found = {}
    for name, size in file.about["types"].items():
        type = types().get(name)
        if type and type.size == size:
            arrays = {key[len(name) + 1 :]: array for key, array in file.arrays.items() if key.startswith(f"{name}/")}
            records = arrays.pop("records").view(RECORD).reshape(-1)
            base: Searched = Exact.of(arrays) if type.radius is None else Near.of(arrays)
            found[name] = Held(type, base, records)
    return found
