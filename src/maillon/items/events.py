"""What may be recorded about items."""

from maillon.kernel.kinds import Kind

LISTED = Kind(
    name="listed",
    version=1,
    promise="Somebody took a list of addresses or referrals out, encrypted to their key, for this reason.",
    fields=("what", "reason", "count", "recipient"),
    final=True,
)
KINDS = (LISTED,)
