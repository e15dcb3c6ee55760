"""What may be recorded about other installations."""

from maillon.kernel.kinds import Kind

PEER_PINNED = Kind(
    name="peer_pinned",
    version=1,
    promise="From now on another house is reached at this address and speaks with the key of this fingerprint.",
    fields=("peer", "address", "fingerprint"),
    final=True,
)
PEER_REMOVED = Kind(
    name="peer_removed",
    version=1,
    promise="Nothing passes to or from the other house any more.",
    fields=("peer", "reason"),
    final=True,
)
PEER_RESTORED = Kind(
    name="peer_restored",
    version=1,
    promise="One of two installations was restored: what the other no longer has goes again; what it lost is listed.",
    fields=("peer", "epoch", "before", "again", "lost"),
    final=True,
)
LOST_SETTLED = Kind(
    name="lost_settled",
    version=1,
    promise="A person said what became of a message that its sender, restored from a backup, no longer knows.",
    fields=("message", "sender", "kind", "why"),
    final=True,
)
KINDS = (PEER_PINNED, PEER_REMOVED, PEER_RESTORED, LOST_SETTLED)
