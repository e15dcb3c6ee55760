"""What may be recorded about arrivals and matters."""

from maillon.kernel.kinds import Kind

ARRIVED = Kind(
    name="arrived",
    version=1,
    promise="Something a hotline sent waits to be taken note of.",
    fields=("arrival", "sender", "kind", "purpose", "severity", "flags", "due"),
    final=True,
)
ACKNOWLEDGED = Kind(
    name="arrival_acknowledged",
    version=1,
    promise="A person took note; its sender learns so.",
    fields=("arrival", "sender", "message", "referral"),
)
REFUSED = Kind(
    name="arrival_refused",
    version=1,
    promise="A person says that nothing will be done about it, and why; its sender learns so.",
    fields=("arrival", "sender", "message", "referral", "reason"),
)
RECALLED = Kind(
    name="arrival_recalled",
    version=1,
    promise="The sender called this arrival back; what it said holds no longer.",
    fields=("arrival", "sender", "reason"),
)
LETTER_ENTERED = Kind(
    name="letter_entered",
    version=1,
    promise="A letter was taken down; it waits like anything that arrived.",
    fields=("arrival", "matter", "severity", "flags", "due"),
    final=True,
)
LETTER_PLACED = Kind(
    name="letter_placed",
    version=1,
    promise="A person found of what address a letter speaks that names none.",
    fields=("arrival", "matter"),
    final=True,
)
LATE = Kind(
    name="arrival_late",
    version=1,
    promise="Nobody answered within the term; this step was escalated to the role named.",
    fields=("arrival", "matter", "state", "step", "to", "due"),
    final=True,
)
TAKEN = Kind(
    name="matter_taken",
    version=1,
    promise="This person works on the matter from now on; `before` had it until then.",
    fields=("matter", "unit", "before"),
    final=True,
)
GIVEN_BACK = Kind(
    name="matter_given_back",
    version=1,
    promise="Nobody works on the matter; whoever may can take it.",
    fields=("matter", "unit", "before"),
    final=True,
)
PASSED = Kind(
    name="matter_passed",
    version=1,
    promise="The matter is this unit's; its people see it and take it.",
    fields=("matter", "unit", "before"),
    final=True,
)
CLOSED = Kind(
    name="matter_closed",
    version=1,
    promise="Nothing more is done in this matter until something new arrives.",
    fields=("matter", "reason"),
    final=True,
)
REOPENED = Kind(
    name="matter_reopened",
    version=1,
    promise="Something new arrived about what was closed: it waits again.",
    fields=("matter", "arrival"),
    final=True,
)
KINDS = (
    ARRIVED,
    ACKNOWLEDGED,
    REFUSED,
    RECALLED,
    LETTER_ENTERED,
    LETTER_PLACED,
    LATE,
    TAKEN,
    GIVEN_BACK,
    PASSED,
    CLOSED,
    REOPENED,
)
