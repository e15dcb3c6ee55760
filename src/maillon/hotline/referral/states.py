"""A referral's life: one recipient of one settled item, or of the call-back of an earlier referral."""

from datetime import UTC, datetime
from enum import StrEnum

from maillon.kernel.arrows import Arrow, Machine, Role


class Referral(StrEnum):
    UNDECIDED = "undecided"
    DECIDED = "decided"
    DRAFTED = "drafted"
    QUEUED = "queued"
    SENT = "sent"
    ACKNOWLEDGED = "acknowledged"
    REFUSED = "refused"
    RESOLVED = "resolved"
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
        Arrow("refuse", S.QUEUED, S.REFUSED, Role.PARTNER),
        Arrow("refuse", S.SENT, S.REFUSED, Role.PARTNER),
        Arrow("resolve", S.REFUSED, S.RESOLVED, Role.PERSON),
        Arrow("recall", S.REFUSED, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.RESOLVED, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.QUEUED, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.SENT, S.RECALLED, Role.SYSTEM),
        Arrow("recall", S.ACKNOWLEDGED, S.RECALLED, Role.SYSTEM),
    ),
)

STANDING = frozenset({S.UNDECIDED, S.DRAFTED, S.QUEUED, S.SENT, S.ACKNOWLEDGED, S.REFUSED, S.RESOLVED})
"""What still holds: the partner has it (whatever it answered), will have it, or a person must decide."""

RUNNING = (S.UNDECIDED, S.DRAFTED, S.QUEUED, S.SENT, S.REFUSED)
"""What still waits for something: a country, the grace, its way out, an acknowledgement, a person's word after a no."""

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a referral without a term stands among those that have one."""
TERM = f"least(due_at, '{NEVER:%Y-%m-%d %H:%M:%S+00}'::timestamptz)"
"""The same in SQL, as the index `referral_running` has it: the moment alone where `due_at` is NULL.

Under row security PostgreSQL searches an index by `least` of moments, which leaks nothing, and not by `coalesce`.
"""
