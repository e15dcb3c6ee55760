"""What may be recorded about messages between houses and to partners."""

from maillon.kernel.kinds import Kind

SENT = Kind(
    name="message_sent",
    version=1,
    promise="The channel took the message: it stands with the partner.",
    fields=("message", "partner", "channel", "kind", "about", "number", "epoch"),
)
STUCK = Kind(
    name="message_stuck",
    version=1,
    promise="The channel refused the message too often; a person must look. Other partners and items go on.",
    fields=("message", "partner", "channel", "kind", "about", "error"),
    final=True,
)
RECEIVED = Kind(
    name="message_received",
    version=1,
    promise="A message from another house or partner was stored, once.",
    fields=("message", "sender", "kind", "version", "number", "epoch", "issued_at", "body"),
)
RETRIED = Kind(
    name="retried",
    version=1,
    promise="A person removed a cause; what was stuck in this house is due again.",
    fields=("messages", "deliveries", "reason"),
    final=True,
)
LETTER_RECALLED = Kind(
    name="letter_recalled",
    version=1,
    promise="What was laid down for a partner in its portal was called back; what it said holds no longer.",
    fields=("letter", "partner", "by", "reason"),
    final=True,
)
LETTER_OPENED = Kind(
    name="letter_opened",
    version=1,
    promise="This person of a partner read what was laid down for it; noted once for each person.",
    fields=("letter", "partner", "kind"),
    final=True,
)
PARTNER_TOLD = Kind(
    name="partner_told",
    version=1,
    promise="A mail without content told a partner that something waits in its portal.",
    fields=("partner", "letters"),
    final=True,
)
PARTNER_UNREACHED = Kind(
    name="partner_unreached",
    version=1,
    promise="Mails that tell a partner that something waits failed too often; it is tried on, and a person must look.",
    fields=("partner", "attempts", "error"),
    final=True,
)
ASKED = Kind(
    name="question_asked",
    version=1,
    promise="A person asks a partner about something that it sent; it is told.",
    fields=("question", "partner", "about", "message", "referral"),
)
ANSWERED = Kind(
    name="question_answered",
    version=1,
    promise="A person answered what a partner asked; it is told.",
    fields=("question", "partner", "about"),
)
QUESTION = Kind(
    name="question_received",
    version=1,
    promise="A partner asks about something that we sent; somebody answers by `due`.",
    fields=("question", "partner", "about", "due"),
    final=True,
)
ANSWER = Kind(
    name="answer_received",
    version=1,
    promise="A partner answered what we asked.",
    fields=("question", "partner", "about"),
    final=True,
)
FIGURES_STATED = Kind(
    name="figures_stated",
    version=1,
    promise="The house stated its figures of a year to the house they are owed to; the latest statement counts.",
    fields=("year", "figures", "stated_at"),
)
FIGURES_TAKEN = Kind(
    name="figures_taken",
    version=1,
    promise="Another house stated its figures of a year; they stand beside our own.",
    fields=("sender", "year", "stated_at"),
    final=True,
)
KINDS = (
    SENT,
    STUCK,
    RECEIVED,
    RETRIED,
    LETTER_RECALLED,
    LETTER_OPENED,
    PARTNER_TOLD,
    PARTNER_UNREACHED,
    ASKED,
    ANSWERED,
    QUESTION,
    ANSWER,
    FIGURES_STATED,
    FIGURES_TAKEN,
)
