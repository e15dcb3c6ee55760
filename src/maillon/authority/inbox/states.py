"""An arrival's life at the authority: something a hotline sent, until somebody took note."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Arrival(StrEnum):
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    RECALLED = "recalled"


A = Arrival
ARRIVAL = Machine(
    name="arrival",
    states=Arrival,
    initial=frozenset({A.WAITING}),
    final=frozenset({A.RECALLED}),
    arrows=(
        Arrow("acknowledge", A.WAITING, A.ACKNOWLEDGED, Role.PERSON),
        Arrow("recall", A.WAITING, A.RECALLED, Role.PARTNER),
        Arrow("recall", A.ACKNOWLEDGED, A.RECALLED, Role.PARTNER),
    ),
)
