"""What may be recorded about the vault."""

from maillon.kernel.kinds import Kind

KEPT = Kind(
    name="evidence_kept",
    version=1,
    promise="What was fetched lies encrypted in the vault; these recipients, and nobody else, can open it.",
    fields=("objects", "size", "recipients"),
    final=True,
)
RECIPIENT_ADDED = Kind(
    name="vault_recipient_added",
    version=1,
    promise="From now on what is kept is encrypted to this key too.",
    fields=("recipient", "kind", "key"),
    final=True,
    reviewed=True,
)
RECIPIENT_RETIRED = Kind(
    name="vault_recipient_retired",
    version=1,
    promise="Nothing more is encrypted to this key; what was remains so.",
    fields=("recipient", "kind", "key", "reason"),
    final=True,
    reviewed=True,
)
ACCESS_ENDED = Kind(
    name="evidence_access_ended",
    version=1,
    promise="The hotline's keys of what is kept about the item were destroyed; the other recipients keep theirs.",
    fields=("wraps",),
    final=True,
)
REWRAPPED = Kind(
    name="evidence_rewrapped",
    version=1,
    promise="Whoever holds a key of the object encrypted it to another recipient, for this reason.",
    fields=("object", "recipient", "reason"),
    final=True,
    reviewed=True,
)
EXPORTED = Kind(
    name="evidence_exported",
    version=1,
    promise="What is kept about the item was taken out of the vault, still encrypted, for this reason.",
    fields=("objects", "size", "reason"),
    final=True,
    reviewed=True,
)
HELD = Kind(
    name="evidence_held",
    version=1,
    promise="What is kept about the item is not purged until the hold is ended, for this reason.",
    fields=("hold", "reason", "review_on"),
    final=True,
    reviewed=True,
)
RELEASED = Kind(
    name="evidence_released",
    version=1,
    promise="The hold is over; what is kept about the item is purged at its term.",
    fields=("hold", "reason"),
    final=True,
    reviewed=True,
)
PURGED = Kind(
    name="evidence_purged",
    version=1,
    promise="What was kept about the item past its term is in the vault and in the books no more.",
    fields=("purge", "objects", "size"),
    final=True,
)
KINDS = (
    KEPT,
    RECIPIENT_ADDED,
    RECIPIENT_RETIRED,
    ACCESS_ENDED,
    REWRAPPED,
    EXPORTED,
    HELD,
    RELEASED,
    PURGED,
)
