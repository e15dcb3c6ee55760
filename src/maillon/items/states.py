"""An item's own life: what is thought of one location. Where it stands in the chain is each stage's row."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Item(StrEnum):
    OPEN = "open"
    ILLEGAL = "illegal"
    NOT_ILLEGAL = "not_illegal"
    OFFLINE = "offline"


I = Item  # noqa: E741
ITEM = Machine(
    name="item",
    states=Item,
    initial=frozenset({I.OPEN}),
    final=frozenset(),
    arrows=(
        Arrow("settle", I.OPEN, I.ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.OPEN, I.NOT_ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.ILLEGAL, I.ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.ILLEGAL, I.NOT_ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.NOT_ILLEGAL, I.ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.NOT_ILLEGAL, I.NOT_ILLEGAL, Role.SYSTEM),
        Arrow("settle", I.OFFLINE, I.OFFLINE, Role.SYSTEM),
        Arrow("unsettle", I.ILLEGAL, I.OPEN, Role.SYSTEM),
        Arrow("unsettle", I.NOT_ILLEGAL, I.OPEN, Role.SYSTEM),
        Arrow("reopen", I.ILLEGAL, I.OPEN, Role.SYSTEM),
        Arrow("reopen", I.NOT_ILLEGAL, I.OPEN, Role.SYSTEM),
        Arrow("reopen", I.OFFLINE, I.OPEN, Role.SYSTEM),
        Arrow("go offline", I.OPEN, I.OFFLINE, Role.PERSON),
        Arrow("go offline", I.ILLEGAL, I.OFFLINE, Role.PERSON),
        Arrow("go offline", I.NOT_ILLEGAL, I.OFFLINE, Role.PERSON),
    ),
)
