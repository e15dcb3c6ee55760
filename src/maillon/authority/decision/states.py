"""The lives of a request, an order, a hold and a measure."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Request(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    ORDERED = "ordered"
    REFUSED = "refused"
    LEFT_ONLINE = "left_online"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Order(StrEnum):
    PROVISIONAL = "provisional"
    IN_FORCE = "in_force"
    DISOWNED = "disowned"
    LAPSED = "lapsed"
    EXPIRED = "expired"
    LIFTED = "lifted"
    REPLACED = "replaced"


class Hold(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


class Measure(StrEnum):
    ASKED = "asked"
    DONE = "done"
    REFUSED = "refused"
    ENDING = "ending"
    ENDED = "ended"


R = Request
REQUEST = Machine(
    name="request",
    states=Request,
    initial=frozenset({R.REQUESTED}),
    final=frozenset({R.REFUSED, R.WITHDRAWN, R.ENDED}),
    arrows=(
        Arrow("note approval", R.REQUESTED, R.APPROVED, Role.PERSON),
        Arrow("confirm", R.APPROVED, R.CONFIRMED, Role.PERSON),
        Arrow("disown", R.APPROVED, R.REQUESTED, Role.PERSON),
        Arrow("lapse", R.APPROVED, R.REQUESTED, Role.CLOCK),
        Arrow("order", R.REQUESTED, R.ORDERED, Role.PERSON),
        Arrow("order", R.APPROVED, R.ORDERED, Role.PERSON),
        Arrow("order", R.CONFIRMED, R.ORDERED, Role.PERSON),
        Arrow("refuse", R.REQUESTED, R.REFUSED, Role.PERSON),
        Arrow("refuse", R.APPROVED, R.REFUSED, Role.PERSON),
        Arrow("refuse", R.CONFIRMED, R.REFUSED, Role.PERSON),
        Arrow("leave online", R.REQUESTED, R.LEFT_ONLINE, Role.PERSON),
        Arrow("leave online", R.APPROVED, R.LEFT_ONLINE, Role.PERSON),
        Arrow("leave online", R.CONFIRMED, R.LEFT_ONLINE, Role.PERSON),
        Arrow("review", R.LEFT_ONLINE, R.REQUESTED, Role.CLOCK),
        Arrow("review now", R.LEFT_ONLINE, R.REQUESTED, Role.PERSON),
        Arrow("withdraw", R.REQUESTED, R.WITHDRAWN, Role.PERSON),
        Arrow("end", R.APPROVED, R.ENDED, Role.SYSTEM),
        Arrow("end", R.CONFIRMED, R.ENDED, Role.SYSTEM),
        Arrow("end", R.ORDERED, R.ENDED, Role.SYSTEM),
    ),
)

O = Order  # noqa: E741
ORDER = Machine(
    name="order",
    states=Order,
    initial=frozenset({O.PROVISIONAL, O.IN_FORCE}),
    final=frozenset({O.DISOWNED, O.LAPSED, O.EXPIRED, O.LIFTED, O.REPLACED}),
    arrows=(
        Arrow("confirm", O.PROVISIONAL, O.IN_FORCE, Role.PERSON),
        Arrow("disown", O.PROVISIONAL, O.DISOWNED, Role.PERSON),
        Arrow("lapse", O.PROVISIONAL, O.LAPSED, Role.CLOCK),
        Arrow("replace", O.PROVISIONAL, O.REPLACED, Role.PERSON),
        Arrow("replace", O.IN_FORCE, O.REPLACED, Role.PERSON),
        Arrow("extend", O.IN_FORCE, O.IN_FORCE, Role.PERSON),
        Arrow("lift", O.PROVISIONAL, O.LIFTED, Role.PERSON),
        Arrow("lift", O.IN_FORCE, O.LIFTED, Role.PERSON),
        Arrow("expire", O.IN_FORCE, O.EXPIRED, Role.CLOCK),
    ),
)

HOLD = Machine(
    name="hold",
    states=Hold,
    initial=frozenset({Hold.RUNNING}),
    final=frozenset({Hold.ENDED}),
    arrows=(
        Arrow("extend", Hold.RUNNING, Hold.RUNNING, Role.PERSON),
        Arrow("end", Hold.RUNNING, Hold.ENDED, Role.CLOCK),
        Arrow("end now", Hold.RUNNING, Hold.ENDED, Role.PERSON),
    ),
)

M = Measure
MEASURE = Machine(
    name="measure",
    states=Measure,
    initial=frozenset({M.ASKED}),
    final=frozenset({M.REFUSED, M.ENDED}),
    arrows=(
        Arrow("carry out", M.ASKED, M.DONE, Role.PARTNER),
        Arrow("refuse", M.ASKED, M.REFUSED, Role.PARTNER),
        Arrow("end", M.ASKED, M.ENDING, Role.SYSTEM),
        Arrow("end", M.DONE, M.ENDING, Role.SYSTEM),
        Arrow("undo", M.ENDING, M.ENDED, Role.PARTNER),
    ),
)

IN_FORCE = (O.PROVISIONAL, O.IN_FORCE)
OPEN = (R.REQUESTED, R.APPROVED, R.CONFIRMED, R.LEFT_ONLINE)
"""Requests that still wait for the magistrate's last word."""
