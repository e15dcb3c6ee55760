"""A referral's life: one recipient of one settled item, or of the call-back of an earlier referral."""

from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Referral(StrEnum):
    UNDECIDED = "undecided"
    DECIDED = "decided"
    DRAFTED = "drafted"
    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"
    RECALLED = "recalled"


S = Referral
REFERRAL = Machine(
    name="referral",
    states=Referral,
    initial=frozenset({S.UNDECIDED, S.DRAFTED}),
    final=frozenset({S.DECIDED, S.UNDONE, S.WITHDRAWN, S.RECALLED}),
    arrows=(
        Arrow("decide", S.UNDECIDED, S.DECIDED, Role.SYSTEM),
        Arrow("withdraw", S.UNDECIDED, S.WITHDRAWN, Role.SYSTEM),
        Arrow("undo", S.DRAFTED, S.UNDONE, Role.PERSON),
        Arrow("withdraw", S.DRAFTED, S.WITHDRAWN, Role.SYSTEM),
        Arrow("queue", S.DRAFTED, S.QUEUED, Role.CLOCK),
        Arrow("send", S.QUEUED, S.SENT, Role.SYSTEM),
        Arrow("acknowledge", S.QUEUED, S.ACKNOWLEDGED, Role.PARTNER),
        Arrow("acknowledge", S.SENT, S.ACKNOWLEDGED, Role.PARTNER),
        Arrow("recall", S.QUEUED, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.SENT, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.ACKNOWLEDGED, S.RECALLED, Role.SYSTEM),
    ),
)

STANDING = frozenset({S.UNDECIDED, S.DRAFTED, S.QUEUED, S.SENT, S.ACKNOWLEDGED})
"""What still holds: the partner has it, will have it, or a person must decide."""
