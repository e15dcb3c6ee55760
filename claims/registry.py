"""Every promise that is measured here, and how its measurement is told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from claims import crashes

Progress = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One promise. `measure` yields nothing but its result: `broken` (how often it was) and the settings it held in."""

    name: str
    promise: str
    short: str
    measure: Callable[[str, float, Progress], dict[str, Any]]


CLAIMS = (
    Claim(
        name="crashes",
        promise="Every receipt that was shown opens its report, which is stored once and whole, whatever is killed.",
        short="tests/crash/test_receipts.py",
        measure=crashes.measure,
    ),
)


def named(names: list[str]) -> Iterator[Claim]:
    """Those of the claims, in their order; all of them where none is named."""
    return (claim for claim in CLAIMS if not names or claim.name in names)
