"""What may be recorded about referrals."""

from maillon.kernel.kinds import Kind

DRAFTED = Kind(
    name="referral_drafted",
    version=1,
    promise="The item goes to this partner once the grace is over, unless a person undoes it.",
    fields=("referral", "partner", "purpose", "channel", "country", "provider_country", "severity", "send_at", "due"),
    final=True,
)
UNDECIDED = Kind(
    name="referral_undecided",
    version=1,
    promise="Nobody knows yet to whom the item goes; a person must state where it is hosted.",
    fields=("referral", "reason", "due"),
    final=True,
)
CLOSED = Kind(
    name="referral_closed",
    version=1,
    promise="Nothing of this referral leaves the house: decided, withdrawn, or undone by a person within the grace.",
    fields=("referral", "partner", "state", "reason"),
    final=True,
)
REROUTED = Kind(
    name="referral_rerouted",
    version=1,
    promise="The item stands elsewhere than was known: what says the old place is withdrawn or called back.",
    fields=("country_before", "provider_before", "country", "provider_country", "reason", "method"),
    final=True,
)
QUEUED = Kind(
    name="referral_queued",
    version=1,
    promise="The grace is over; the message is on its way.",
    fields=("referral", "partner", "purpose", "message_kind"),
    final=True,
)
SENT = Kind(
    name="referral_sent",
    version=1,
    promise="The partner has the referral and acknowledges it by `due`.",
    fields=("referral", "partner", "due"),
    final=True,
)
ACKNOWLEDGED = Kind(
    name="referral_acknowledged",
    version=1,
    promise="The partner took note.",
    fields=("referral", "partner", "acknowledged_by", "acknowledged_at"),
    final=True,
)
RECALLED = Kind(
    name="referral_recalled",
    version=1,
    promise="What this referral said holds no longer; `callback` tells its recipient.",
    fields=("referral", "partner", "callback", "reason"),
    final=True,
)
LATE = Kind(
    name="referral_late",
    version=1,
    promise="The referral is past its term; this step was escalated to the role named.",
    fields=("referral", "partner", "state", "step", "to", "due"),
    final=True,
)
REFUSED = Kind(
    name="referral_refused",
    version=1,
    promise="The partner refused it, and says why; a person says by `due` what becomes of it.",
    fields=("referral", "partner", "refused_by", "refusal", "due"),
    final=True,
)
RESOLVED = Kind(
    name="referral_resolved",
    version=1,
    promise="A person said what becomes of what a partner refused: `how` is police or closed.",
    fields=("referral", "partner", "how", "reason"),
)
HELD = Kind(
    name="referral_held",
    version=1,
    promise="The item stays online for the investigation: no notice of it goes abroad until then.",
    fields=("hold", "sender", "until"),
    final=True,
)
HOLD_ENDED = Kind(
    name="referral_hold_ended",
    version=1,
    promise="A hold is over, because its sender said so or its day came; what waited for it goes out at once.",
    fields=("hold", "sender", "why"),
    final=True,
)
OUTCOME = Kind(
    name="referral_outcome",
    version=1,
    promise="The authority says what became of the item there.",
    fields=("sender", "became", "measure", "until"),
    final=True,
)
KINDS = (
    DRAFTED,
    UNDECIDED,
    CLOSED,
    REROUTED,
    QUEUED,
    SENT,
    ACKNOWLEDGED,
    RECALLED,
    LATE,
    REFUSED,
    RESOLVED,
    HELD,
    HOLD_ENDED,
    OUTCOME,
)
