"""What may be recorded about items."""

from maillon.kernel.kinds import Kind

LISTED = Kind(
    name="listed",
    version=1,
    promise="Somebody took a list of addresses or referrals out, encrypted to their key, for this reason.",
    fields=("what", "reason", "count", "recipient"),
    final=True,
)
OFFLINE = Kind(
    name="went_offline",
    version=1,
    promise="Somebody saw that the location is offline: an outcome we note, not a measure we took.",
    fields=("statement",),
    final=True,
)
KINDS = (LISTED, OFFLINE)
