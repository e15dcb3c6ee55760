"""The lives of an arrival (one thing that came in, until somebody answered) and of the matter it belongs to."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Arrival(StrEnum):
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    RECALLED = "recalled"


class Matter(StrEnum):
    WAITING = "waiting"
    PASSED = "passed"
    TAKEN = "taken"
    CLOSED = "closed"


A = Arrival
ARRIVAL = Machine(
    name="arrival",
    states=Arrival,
    initial=frozenset({A.WAITING}),
    final=frozenset({A.RECALLED}),
    arrows=(
        Arrow("acknowledge", A.WAITING, A.ACKNOWLEDGED, Role.PERSON),
        Arrow("refuse", A.WAITING, A.REFUSED, Role.PERSON),
        Arrow("recall", A.WAITING, A.RECALLED, Role.PARTNER),
        Arrow("recall", A.ACKNOWLEDGED, A.RECALLED, Role.PARTNER),
        Arrow("recall", A.REFUSED, A.RECALLED, Role.PARTNER),
    ),
)

M = Matter
MATTER = Machine(
    name="matter",
    states=Matter,
    initial=frozenset({M.WAITING}),
    final=frozenset(),
    arrows=(
        Arrow("pass on", M.WAITING, M.PASSED, Role.PERSON),
        Arrow("pass on", M.PASSED, M.PASSED, Role.PERSON),
        Arrow("pass on", M.TAKEN, M.PASSED, Role.PERSON),
        Arrow("take", M.WAITING, M.TAKEN, Role.PERSON),
        Arrow("take", M.PASSED, M.TAKEN, Role.PERSON),
        Arrow("take over", M.TAKEN, M.TAKEN, Role.PERSON),
        Arrow("give back", M.TAKEN, M.WAITING, Role.PERSON),
        Arrow("give back", M.TAKEN, M.PASSED, Role.PERSON),
        Arrow("close", M.WAITING, M.CLOSED, Role.PERSON),
        Arrow("close", M.PASSED, M.CLOSED, Role.PERSON),
        Arrow("close", M.TAKEN, M.CLOSED, Role.PERSON),
        Arrow("reopen", M.CLOSED, M.WAITING, Role.SYSTEM),
        Arrow("reopen", M.CLOSED, M.PASSED, Role.SYSTEM),
    ),
)

OPEN = frozenset({M.WAITING, M.PASSED, M.TAKEN})
"""What is not closed: somebody has it, or somebody must take it."""
