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
KINDS = (SENT, STUCK, RECEIVED, RETRIED)
