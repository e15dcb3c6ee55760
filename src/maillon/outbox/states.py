"""A delivery's life: one event handed to one handler. A delivery that is done is deleted in the same transaction."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Delivery(StrEnum):
    DUE = "due"
    DONE = "done"
    STUCK = "stuck"


D = Delivery
DELIVERY = Machine(
    name="delivery",
    states=Delivery,
    initial=frozenset({D.DUE}),
    final=frozenset({D.DONE}),
    arrows=(
        Arrow("hand over", D.DUE, D.DONE, Role.SYSTEM),
        Arrow("fail", D.DUE, D.DUE, Role.SYSTEM),
        Arrow("give up", D.DUE, D.STUCK, Role.SYSTEM),
        Arrow("try again", D.STUCK, D.DUE, Role.PERSON),
    ),
)
