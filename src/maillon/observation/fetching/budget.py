"""What is left of the limits while one address is fetched."""

from maillon.observation.fetching.egress import Limits
from maillon.observation.fetching.fetched import Kind
from maillon.observation.fetching.refusals import Refusal, Stop


class Budget:
    """`now` is a reading of a monotonic clock, in seconds."""

    def __init__(self, limits: Limits, now: float) -> None:
        self.limits = limits
        self.ends = now + limits.seconds
        self.bytes_left = limits.total_bytes

    def wait(self, now: float) -> float:
        """Seconds that one step may take, at most those of patience. Raises Stop when the time is over."""
        left = self.ends - now
        if left <= 0:
            raise Stop(Refusal.TOO_LONG)
        return min(left, self.limits.patience)

    def most(self, kind: Kind) -> int:
        """Bytes that a body of this kind may have. Raises Stop when the total is reached."""
        if self.bytes_left <= 0:
            raise Stop(Refusal.OVER_TOTAL)
        most = {
            "page": self.limits.page_bytes,
            "image": self.limits.image_bytes,
            "video": self.limits.video_bytes,
        }[kind]
        return min(most, self.bytes_left)

    def took(self, amount: int) -> None:
        """So many bytes were received, or unpacked where that is more."""
        self.bytes_left -= amount
