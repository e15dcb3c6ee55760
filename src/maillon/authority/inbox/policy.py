"""What an inbox takes. Pure."""

TAKEN = frozenset({"referral", "callback"})
"""The kinds of message that become an arrival."""


def urgency(*, severity: int | None, flags: frozenset[str]) -> tuple[bool, int]:
    """A key to sort arrivals by: imminent danger first, then the gravest."""
    return "imminent_danger" not in flags, -(severity or 0)
