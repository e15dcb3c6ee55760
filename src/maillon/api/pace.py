"""How often one organisation may ask: a bucket that fills steadily, kept in the memory of each web process."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock


@dataclass
class Pace:
    """`burst` requests at once, and one more every `each`."""

    burst: int
    each: timedelta
    _full_at: dict[str, datetime] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def forget(self) -> None:
        """Everybody may ask as if for the first time."""
        with self._lock:
            self._full_at.clear()

    def wait(self, who: str, at: datetime, weight: int = 1) -> timedelta:
        """Zero where `who` may ask now, which counts as `weight` requests; else how long to wait, which does not."""
        with self._lock:
            full = max(self._full_at.get(who, at), at) + weight * self.each
            too_much = full - at - self.burst * self.each
            if too_much > timedelta():
                return too_much
            self._full_at[who] = full
            return timedelta()
