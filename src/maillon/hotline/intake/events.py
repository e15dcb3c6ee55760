"""What may be recorded when reports arrive."""

from maillon.kernel.kinds import Kind

REPORTED = Kind(
    name="reported",
    version=1,
    promise="A report speaks of an item that is new, or was settled and is opened again (`effect`: new, reopened).",
    fields=("report", "reference", "channel", "effect"),
)
REPORTED_AGAIN = Kind(
    name="reported_again",
    version=1,
    promise="Another report speaks of an item that is still open (joined), or that was settled as not illegal too "
    "short a time ago to be looked at again (repeated).",
    fields=("report", "reference", "channel", "effect"),
    final=True,
)
KINDS = (REPORTED, REPORTED_AGAIN)
