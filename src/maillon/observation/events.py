"""What may be recorded about where an item is."""

from maillon.kernel.kinds import Kind

LOCATED = Kind(
    name="located",
    version=1,
    promise="The item was located: a country, or undetermined with the reason. Earlier locations stay.",
    fields=("location", "country", "reason", "method", "statement"),
)
ORIGIN_TOLD = Kind(
    name="origin_told",
    version=1,
    promise="Somebody told the address behind the delivery network (`told_by`: person or network); it is looked up.",
    fields=("location", "origin", "told_by", "statement"),
    final=True,
)
LOCATION_KEPT = Kind(
    name="location_kept",
    version=1,
    promise="Asked again before sending, the resolver did not answer: what was known last holds, what waits goes out.",
    fields=("country", "attempts"),
    final=True,
)
CONTACT_ASKED = Kind(
    name="abuse_contact_asked",
    version=1,
    promise="Registration data are asked whom to write to about abuse at the item's address.",
    fields=("lookup",),
    final=True,
)
CONTACT_FOUND = Kind(
    name="abuse_contact_found",
    version=1,
    promise="Registration data named a mailbox for abuse, found by address, network or registrar; or none did.",
    fields=("lookup", "found_by", "mailbox", "tried"),
    final=True,
)
FETCH_ASKED = Kind(
    name="fetch_asked",
    version=1,
    promise="A person asked for the item's content to be fetched, for this purpose; the fetch waits.",
    fields=("fetch", "purpose", "referrer"),
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
HASHES_LOOKED_UP = Kind(
    name="hashes_looked_up",
    version=1,
    promise="A partner's program learnt which of so many hashes, or of a file's (`file`), are of known content: `hits` "
    "of them. Neither hashes nor file were kept.",
    fields=("count", "types", "hits", "file"),
    final=True,
)
KNOWN_FOUND = Kind(
    name="known_content_found",
    version=1,
    promise="Of what was fetched so many `media` match known content: `equal` byte for byte, `alike` by a hash with "
    "detail enough to tell; the nearest match is `distance` bits away. Nothing is decided by it.",
    fields=("capture", "media", "equal", "alike", "matches", "distance"),
)
KINDS = (
    LOCATED,
    ORIGIN_TOLD,
    LOCATION_KEPT,
    CONTACT_ASKED,
    CONTACT_FOUND,
    FETCH_ASKED,
    CAPTURED,
    FETCH_DROPPED,
    HASHES_LOOKED_UP,
    KNOWN_FOUND,
)
