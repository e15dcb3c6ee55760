"""What may be recorded about arrivals."""

from maillon.kernel.kinds import Kind

ARRIVED = Kind(
    name="arrived",
    version=1,
    promise="Something a hotline sent waits to be taken note of.",
    fields=("arrival", "sender", "kind", "purpose", "severity", "flags", "due"),
    final=True,
)
ACKNOWLEDGED = Kind(
    name="arrival_acknowledged",
    version=1,
    promise="A person took note; its sender learns so.",
    fields=("arrival", "sender", "message", "referral"),
)
RECALLED = Kind(
    name="arrival_recalled",
    version=1,
    promise="The sender called this arrival back; what it said holds no longer.",
    fields=("arrival", "sender", "reason"),
    final=True,
)
KINDS = (ARRIVED, ACKNOWLEDGED, RECALLED)
