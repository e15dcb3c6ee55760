"""What a run came to, in numbers: for its last words, its summary page, and for whoever goes on with it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from maillon.ops.matching.asking import Hit

Counts = Counter[str]


@dataclass(slots=True)
class Tally:
    """Counts by kind (image, video, archive, other, hash, "" for what could not be read), reason, type and bank."""

    asked: Counts = field(default_factory=Counter)
    matched: Counts = field(default_factory=Counter)
    refused: Counts = field(default_factory=Counter)
    distances: dict[str, Counter[int]] = field(default_factory=dict)
    banks: dict[str, Counts] = field(default_factory=dict)

    def add(self, kind: str, hits: Sequence[Hit], refused: str = "", *, count: int = 1) -> None:
        """A piece more, or so many that are alike."""
        self.asked[kind] += count
        if refused:
            self.refused[refused] += count
        if hits:
            self.matched[kind] += count
        for hit in hits:
            self.distances.setdefault(hit.type, Counter())[hit.distance] += count
            self.banks.setdefault(hit.bank, Counter())[hit.type] += count

    def plain(self) -> dict[str, Any]:
        """As JSON takes it; `of` makes it again."""
        return {
            "asked": self.asked, "matched": self.matched, "refused": self.refused, "distances": self.distances,
            "banks": self.banks,
        }  # fmt: skip

    @classmethod
    def of(cls, plain: dict[str, Any]) -> "Tally":
        return cls(
            asked=Counter(plain["asked"]),
            matched=Counter(plain["matched"]),
            refused=Counter(plain["refused"]),
            distances={type: Counter({int(d): n for d, n in row.items()}) for type, row in plain["distances"].items()},
            banks={bank: Counter(row) for bank, row in plain["banks"].items()},
        )

    def sentence(self) -> str:
        """What was asked, and what came of it."""
        hashes = self.asked["hash"]
        counts = (self.asked.total() - hashes, "file", "files"), (hashes, "hash", "hashes")
        asked = " and ".join(f"{count:,} {one if count == 1 else many}" for count, one, many in counts if count)
        return f"{asked or 'Nothing'}: {self.matched.total():,} matched, {self.refused.total():,} not read."
