"""Reasons that stay on record."""

from maillon.kernel.errors import BadInput

LONGEST = 500  # characters


def reasoned(reason: str) -> str:
    """`reason` without surrounding spaces. Raises BadInput where nothing is left, or too much."""
    text = reason.strip()
    if not text or len(text) > LONGEST:
        raise BadInput(f"Give a reason of at most {LONGEST} characters; it stays on record with your name.")
    return text
