"""What may be recorded about where an item is."""

from maillon.kernel.kinds import Kind

LOCATED = Kind(
    name="located",
    version=1,
    promise="The item was located: a country, or undetermined with the reason. Earlier locations stay.",
    fields=("location", "country", "reason", "method", "statement"),
)
KINDS = (LOCATED,)
