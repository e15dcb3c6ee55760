"""What may be recorded about items."""

from maillon.kernel.kinds import Kind

LISTED = Kind(
    name="listed",
    version=1,
    promise="Somebody took a list of addresses or referrals out, encrypted to their key, for this reason.",
    fields=("what", "reason", "count", "recipient"),
    final=True,
    reviewed=True,
)
OFFLINE = Kind(
    name="went_offline",
    version=1,
    promise="Somebody saw that the location is offline: an outcome we note, not a measure we took.",
    fields=("statement",),
    final=True,
)
CLEARANCE_DEMANDED = Kind(
    name="clearance_demanded",
    version=1,
    promise="The item and the reports that speak of it are shown only to who holds this clearance.",
    fields=("label", "reason"),
    final=True,
)
CLEARANCE_LIFTED = Kind(
    name="clearance_lifted",
    version=1,
    promise="The item does not demand this clearance any more, nor do the reports for its sake.",
    fields=("label", "reason"),
    final=True,
    reviewed=True,
)
KINDS = (LISTED, OFFLINE, CLEARANCE_DEMANDED, CLEARANCE_LIFTED)
