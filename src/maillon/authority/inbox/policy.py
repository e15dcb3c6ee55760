"""What an inbox takes, and who works on it. Pure."""

from maillon.access.organisations import AUTHORITY, KINDS
from maillon.access.permissions import ROLES, Permission

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


def is_unit(kind: str) -> bool:
    """Whether an organisation of this kind has people here who take matters."""
    found = KINDS.get(kind)
    roles = found.roles.get(AUTHORITY, ()) if found else ()
    return any(Permission.TAKE_MATTER in ROLES[role] for role in roles)
