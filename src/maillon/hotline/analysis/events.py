"""What may be recorded about the analysis of an item."""

from maillon.kernel.kinds import Kind

OPENED = Kind(
    name="case_opened",
    version=1,
    promise="The item waits for an analyst.",
    fields=("case", "round"),
    final=True,
)
ASSESSED = Kind(
    name="assessed",
    version=1,
    promise="A person stated an opinion; `changes` names the opinion of the same person that it replaces.",
    fields=(
        "case",
        "assessment",
        "changes",
        "scheme",
        "version",
        "code",
        "outcome",
        "severity",
        "flags",
        "reason",
        "former",
        "entered_by",
        "state",
    ),
    final=True,
)
SETTLED = Kind(
    name="settled",
    version=1,
    promise="The rule table asks for no further opinion. `changed` when an earlier settlement said otherwise; "
    "`former` when it comes from former records, which are never sent.",
    fields=("case", "round", "scheme", "version", "code", "outcome", "severity", "flags", "former", "changed"),
)
UNSETTLED = Kind(
    name="unsettled",
    version=1,
    promise="A settled case needs another opinion again; what was sent stands until the next settlement.",
    fields=("case", "round", "state"),
)
CASE_LATE = Kind(
    name="case_late",
    version=1,
    promise="The case is past its term; this step was escalated to the role named.",
    fields=("case", "step", "to", "due"),
    final=True,
)
OPINION_WITHDRAWN = Kind(
    name="opinion_withdrawn",
    version=1,
    promise="The person took their opinion back within the grace: the case stands as if it had not been given; "
    "`restores` names their earlier one that holds again.",
    fields=("case", "assessment", "restores", "state"),
)
MORE_URGENT = Kind(
    name="case_more_urgent",
    version=1,
    promise="Another report, or known content that was found, makes the case more urgent, from `before` to `after` (1 "
    "is the most urgent).",
    fields=("case", "before", "after"),
    final=True,
)
CASE_OVERRIDDEN = Kind(
    name="case_overridden",
    version=1,
    promise="A person changed the case's `what` (term, urgency, claim) by hand, for this reason.",
    fields=("case", "what", "before", "after", "reason"),
    final=True,
    reviewed=True,
)
CASE_CLAIMED = Kind(
    name="case_claimed",
    version=1,
    promise="The case is this person's alone until the moment named; `before` held it last: somebody whose claim had "
    "run out, or the same person, who goes on.",
    fields=("case", "until", "before"),
    final=True,
)
CASE_GIVEN_BACK = Kind(
    name="case_given_back",
    version=1,
    promise="The person gave the case back; it is anybody's again.",
    fields=("case",),
    final=True,
)
FILTER_SAVED = Kind(
    name="filter_saved",
    version=1,
    promise="A way to look at the queue is kept under this name; everybody's to use when `shared`.",
    fields=("filter", "name", "shared", "criteria"),
    final=True,
)
FILTER_REMOVED = Kind(
    name="filter_removed",
    version=1,
    promise="This saved filter is gone.",
    fields=("filter", "name"),
    final=True,
)
MEDIA_CONFIRMED = Kind(
    name="media_confirmed",
    version=1,
    promise="The person, having looked, says that their opinion rests on this many media: equal content is known now.",
    fields=("case", "assessment", "media"),
    final=True,
)
DECISION_ACCEPTED = Kind(
    name="decision_accepted",
    version=1,
    promise="The person made an earlier decision on equal content (`sha256`, of these `items`) their own opinion, "
    "without a view.",
    fields=("case", "code", "severity", "sha256", "items"),
    final=True,
)
KINDS = (
    OPENED,
    ASSESSED,
    SETTLED,
    UNSETTLED,
    CASE_LATE,
    OPINION_WITHDRAWN,
    MORE_URGENT,
    CASE_OVERRIDDEN,
    CASE_CLAIMED,
    CASE_GIVEN_BACK,
    FILTER_SAVED,
    FILTER_REMOVED,
    MEDIA_CONFIRMED,
    DECISION_ACCEPTED,
)
