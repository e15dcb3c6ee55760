"""What stopped going on by itself, so that a person must look."""

from dataclasses import dataclass

from maillon.outbox.sql import one

STUCK = """
SELECT (SELECT count(*) FROM outbox_delivery WHERE state = 'stuck') AS deliveries,
  (SELECT count(*) FROM partners_message WHERE state = 'stuck') AS messages
"""


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many events could not be handed over, and how many messages their channel refused too often."""

    deliveries: int
    messages: int


def stuck() -> Stuck:
    """What is stuck in the house acted in."""
    found = one(STUCK)
    assert found is not None
    return Stuck(**found)
