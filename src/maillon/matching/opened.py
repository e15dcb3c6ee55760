"""The index of a folder, opened once in each process and shared by all its threads."""

from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from maillon.matching.index import Index

_LOCK = Lock()
_OPEN: dict[Path, "Index"] = {}


def opened(folder: Path) -> "Index":
    """The index of `folder`. Opened by whoever asks first; it notices every change by itself, at each call.

    What could not be opened is tried again the next time. Raises NoIndex, IndexDamaged.
    """
    found = _OPEN.get(folder)
    if found is None:
        with _LOCK:
            found = _OPEN.get(folder)
            if found is None:
                from maillon.matching.index import Index  # half a second and 70 MB, for whoever looks something up

                found = _OPEN[folder] = Index.open(folder)
    return found
