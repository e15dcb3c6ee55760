"""What an inbox takes. Pure."""

TAKEN = frozenset({"referral", "callback"})
"""The kinds of message that become an arrival."""

LETTER = "letter"
"""The kind of an arrival that was taken down by hand."""

DANGER = "imminent_danger"
FLAGS = (DANGER, "belgian_victim", "belgian_suspect")
"""What whoever takes down a letter may say that it states."""

LONGEST = {"sender": 200, "text": 8_000, "remark": 4_000, "reason": 500, "question": 2_000}
"""Characters of each text that a person writes here."""


def urgency(*, severity: int | None, flags: frozenset[str]) -> tuple[bool, int]:
    """A key to sort arrivals by: imminent danger first, then the gravest."""
    return DANGER not in flags, -(severity or 0)
