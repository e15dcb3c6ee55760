"""A case's life: one round of analysis of one item."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Case(StrEnum):
    WAITING = "waiting"
    SECOND_OPINION = "second_opinion"
    DISPUTED = "disputed"
    SETTLED = "settled"


C = Case
CASE = Machine(
    name="case",
    states=Case,
    initial=frozenset({C.WAITING}),
    final=frozenset(),
    arrows=(
        *(
            Arrow("assess", source, target, Role.PERSON)
            for source in Case
            for target in (C.SECOND_OPINION, C.DISPUTED, C.SETTLED)
        ),
        *(
            Arrow("withdraw", source, target, Role.PERSON)
            for source in (C.SECOND_OPINION, C.DISPUTED, C.SETTLED)
            for target in Case
        ),
    ),
)
