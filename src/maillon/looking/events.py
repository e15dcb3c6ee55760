"""What may be recorded about looking: that somebody did, and that somebody was let look on. Never for how long."""

from maillon.kernel.kinds import Kind

REVEALED = Kind(
    name="revealed",
    version=1,
    promise="Somebody asked to see a medium, or a page's text, at this step, and is shown it for some minutes.",
    fields=("capture", "medium", "looked_at", "shown_as", "severity", "passed"),
    final=True,
    reviewed=True,
)
LET_ON = Kind(
    name="let_look_on",
    version=1,
    promise="A supervisor let somebody look on past the limits of that day, until then, for this reason.",
    fields=("person", "until", "reason"),
    final=True,
    reviewed=True,
)
KINDS = (REVEALED, LET_ON)
