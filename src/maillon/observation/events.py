"""What may be recorded about where an item is."""

from maillon.kernel.kinds import Kind

LOCATED = Kind(
    name="located",
    version=1,
    promise="The item was located: a country, or undetermined with the reason. Earlier locations stay.",
    fields=("location", "country", "reason", "method", "statement"),
)
FETCH_ASKED = Kind(
    name="fetch_asked",
    version=1,
    promise="A person asked for the item's content to be fetched, for this purpose; the fetch waits.",
    fields=("fetch", "purpose"),
    final=True,
)
CAPTURED = Kind(
    name="captured",
    version=1,
    promise="The item's content was fetched, or why not: what came is in the vault. `images` and `videos` were "
    "received, `lacking` media were not; `hops` is how many addresses were passed through.",
    fields=("capture", "purpose", "outcome", "reason", "images", "videos", "lacking", "needs_scripts", "hops"),
)
FETCH_DROPPED = Kind(
    name="fetch_dropped",
    version=1,
    promise="The item was no longer under assessment when its content came: nothing of it was kept.",
    fields=("fetch", "purpose"),
    final=True,
)
KINDS = (LOCATED, FETCH_ASKED, CAPTURED, FETCH_DROPPED)
