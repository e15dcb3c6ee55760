"""The lives of a message on its way out, and of a letter that waits in the portal."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Message(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    STUCK = "stuck"


class Letter(StrEnum):
    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    RECALLED = "recalled"


M = Message
MESSAGE = Machine(
    name="message",
    states=Message,
    initial=frozenset({M.QUEUED}),
    final=frozenset(),
    arrows=(
        Arrow("claim", M.QUEUED, M.SENDING, Role.SYSTEM),
        Arrow("claim", M.SENDING, M.SENDING, Role.SYSTEM),
        Arrow("send", M.SENDING, M.SENT, Role.SYSTEM),
        Arrow("fail", M.SENDING, M.QUEUED, Role.SYSTEM),
        Arrow("give up", M.SENDING, M.STUCK, Role.SYSTEM),
        Arrow("try again", M.STUCK, M.QUEUED, Role.PERSON),
        Arrow("send again", M.SENT, M.QUEUED, Role.PARTNER),
    ),
)

L = Letter
LETTER = Machine(
    name="letter",
    states=Letter,
    initial=frozenset({L.WAITING}),
    final=frozenset({L.RECALLED}),
    arrows=(
        Arrow("acknowledge", L.WAITING, L.ACKNOWLEDGED, Role.PARTNER),
        Arrow("refuse", L.WAITING, L.REFUSED, Role.PARTNER),
        Arrow("recall", L.WAITING, L.RECALLED, Role.SYSTEM),
        Arrow("recall", L.ACKNOWLEDGED, L.RECALLED, Role.SYSTEM),
        Arrow("recall", L.REFUSED, L.RECALLED, Role.SYSTEM),
    ),
)
