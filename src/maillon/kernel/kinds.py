"""Event kinds as data: each stage lists what it may record, and what a later reader finds in the body."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of event. `fields` are the body's keys, all of them always present; `promise` says what is true now.

    `final` marks a kind that asks nothing of anybody, so that a missing handover is never an oversight. `reviewed`
    marks what somebody did with what is most dangerous to have: reveals, exports, name searches, overrides, clearances.
    Oversight draws a random sample of them every week.
    """

    name: str
    version: int
    promise: str
    fields: tuple[str, ...]
    final: bool = False
    reviewed: bool = False
