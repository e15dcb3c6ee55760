"""The index of known content is built anew in the background once enough was added to it or withdrawn."""

import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

from maillon.kernel.clock import Clock
from maillon.matching.errors import NoIndex

EVERY = timedelta(minutes=1)
BUILD = (sys.executable, "-m", "maillon.ops.cli", "index", "build")


class Merging:
    """Builds in a process of its own, which takes memory and time that a worker has other use for.

    Of several workers that start one, the first builds; the others' end at once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._looked: datetime | None = None
        self._building: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def merge_due(self, clock: Clock) -> int:
        """Start a build where one is due, looking once a minute. How many were started."""
        now = clock.now()
        with self._lock:
            if self._building is not None and self._building.poll() is None:
                return 0
            if self._looked is not None and now - self._looked < EVERY:
                return 0
            self._looked = now
            from maillon.matching.building import needs_merge  # half a second, which no start should wait for

            try:
                due = needs_merge(self._folder)
            except NoIndex:
                return 0
            if due:
                self._building = subprocess.Popen(BUILD, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            return int(due)

    def wait(self) -> int | None:
        """Wait for the build that was started; its exit code, None where none was."""
        return self._building.wait() if self._building else None

    def close(self) -> None:
        """End the build that was started: what it made so far is thrown away."""
        if self._building is not None and self._building.poll() is None:
            self._building.terminate()
            self._building.wait()
