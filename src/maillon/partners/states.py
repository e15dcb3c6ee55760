"""A message's life on its way out."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Message(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    STUCK = "stuck"


M = Message
MESSAGE = Machine(
    name="message",
    states=Message,
    initial=frozenset({M.QUEUED}),
    final=frozenset({M.SENT}),
    arrows=(
        Arrow("claim", M.QUEUED, M.SENDING, Role.SYSTEM),
        Arrow("claim", M.SENDING, M.SENDING, Role.SYSTEM),
        Arrow("send", M.SENDING, M.SENT, Role.SYSTEM),
        Arrow("fail", M.SENDING, M.QUEUED, Role.SYSTEM),
        Arrow("give up", M.SENDING, M.STUCK, Role.SYSTEM),
        Arrow("try again", M.STUCK, M.QUEUED, Role.PERSON),
    ),
)
