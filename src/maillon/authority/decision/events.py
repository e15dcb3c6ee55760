"""What may be recorded about decisions of the public prosecutor, and about what is done under them."""

from maillon.kernel.kinds import Kind

PROCEDURE_RECORDED = Kind(
    name="procedure_recorded",
    version=1,
    promise="Measures of this kind can be recorded from `valid_from` on, under this agreement.",
    fields=("procedure", "kind", "name", "parties", "agreed_on", "valid_from", "valid_until"),
    final=True,
)
PROCEDURE_ENDED = Kind(
    name="procedure_ended",
    version=1,
    promise="No measure can be recorded under this agreement from this day on.",
    fields=("procedure", "kind", "on", "reason"),
    final=True,
)
REQUESTED = Kind(
    name="decision_requested",
    version=1,
    promise="The police asked this office of the public prosecutor; a magistrate decides by `due`.",
    fields=("request", "kind", "office", "urgent", "severity", "due"),
)
WITHDRAWN = Kind(
    name="request_withdrawn",
    version=1,
    promise="The police ask no longer.",
    fields=("request", "kind", "reason"),
)
RECALLED = Kind(
    name="request_recalled",
    version=1,
    promise="The hotline called back what this request rests on; a magistrate says by `due` what becomes of it.",
    fields=("request", "kind", "arrival", "reason", "due"),
    final=True,
)
RECALL_ANSWERED = Kind(
    name="recall_answered",
    version=1,
    promise="A magistrate saw the call-back, and what was decided stands.",
    fields=("request", "kind", "words"),
    final=True,
)
APPROVED = Kind(
    name="approval_noted",
    version=1,
    promise="The police noted that this magistrate approved by telephone; it lapses unless confirmed by `confirm_by`.",
    fields=("request", "order", "number", "kind", "magistrate", "words", "given_at", "until", "confirm_by"),
)
CONFIRMED = Kind(
    name="approval_confirmed",
    version=1,
    promise="The magistrate says that they gave it: it is in force until its end.",
    fields=("request", "order", "kind", "words", "until"),
    final=True,
)
DISOWNED = Kind(
    name="approval_disowned",
    version=1,
    promise="The magistrate says that they never gave it; what was done under it is undone.",
    fields=("request", "order", "kind", "words"),
)
ORDERED = Kind(
    name="ordered",
    version=1,
    promise="The order is written; `document` is the SHA-256 of its PDF. It goes on from the order it replaces.",
    fields=("request", "order", "number", "kind", "words", "until", "replaces", "document"),
)
EXTENDED = Kind(
    name="order_extended",
    version=1,
    promise="The order is in force until another day; whoever acts under it learns so.",
    fields=("request", "order", "kind", "words", "until", "document"),
)
REFUSED = Kind(
    name="decision_refused",
    version=1,
    promise="The magistrate refused; `document` is the SHA-256 of the decision's PDF.",
    fields=("request", "kind", "words", "document"),
)
LEFT_ONLINE = Kind(
    name="left_online",
    version=1,
    promise="The item stays online for the investigation; a magistrate looks again on the date `until`.",
    fields=("request", "kind", "hold", "words", "until"),
)
REVIEW_DUE = Kind(
    name="review_due",
    version=1,
    promise="The item is left online no longer; the request waits for the magistrate again, until `due`.",
    fields=("request", "kind", "hold", "due"),
)
HELD = Kind(
    name="hold_given",
    version=1,
    promise="Notices abroad wait until `until`.",
    fields=("request", "hold", "words", "until"),
)
RELEASED = Kind(
    name="hold_ended",
    version=1,
    promise="Notices abroad wait no longer.",
    fields=("request", "hold", "words"),
)
LAPSED = Kind(
    name="approval_lapsed",
    version=1,
    promise="Nobody confirmed what was approved by telephone; it holds no longer.",
    fields=("request", "order", "kind", "confirm_by"),
)
EXPIRED = Kind(
    name="order_expired",
    version=1,
    promise="The order has come to its end.",
    fields=("request", "order", "kind", "until"),
)
LIFTED = Kind(
    name="order_lifted",
    version=1,
    promise="The magistrate ended the order; `document` is the SHA-256 of the decision's PDF, where it has one.",
    fields=("request", "order", "kind", "words", "document"),
)
REQUEST_LATE = Kind(
    name="request_late",
    version=1,
    promise="No magistrate decided in time; this step was escalated to the role named.",
    fields=("request", "kind", "state", "step", "to", "due"),
    final=True,
)
MEASURE_ASKED = Kind(
    name="measure_asked",
    version=1,
    promise="This provider must act under the order, and answers by `due`.",
    fields=("measure", "order", "procedure", "kind", "partner", "due"),
)
MEASURE_KEPT = Kind(
    name="measure_kept",
    version=1,
    promise="What the provider does goes on under this order, until its end; it learns what holds now.",
    fields=("measure", "order", "kind", "partner", "due"),
)
MEASURE_DONE = Kind(
    name="measure_done",
    version=1,
    promise="The provider did what was asked.",
    fields=("measure", "order", "request", "kind", "partner", "answered_by", "done_at"),
)
MEASURE_REFUSED = Kind(
    name="measure_refused",
    version=1,
    promise="The provider does not do it, or does not undo it (`state`), for this reason; a person must look.",
    fields=("measure", "order", "kind", "partner", "state", "answered_by", "reason"),
    final=True,
)
MEASURE_ENDING = Kind(
    name="measure_ending",
    version=1,
    promise="Its order holds no longer: the provider undoes what it did, and answers by `due`.",
    fields=("measure", "order", "kind", "partner", "why", "due"),
)
MEASURE_ENDED = Kind(
    name="measure_ended",
    version=1,
    promise="The provider undid what it had done.",
    fields=("measure", "order", "request", "kind", "partner", "answered_by", "ended_at"),
)
MEASURE_LATE = Kind(
    name="measure_late",
    version=1,
    promise="The provider has not answered in time; this step was escalated to the role named.",
    fields=("measure", "kind", "partner", "state", "step", "to", "due"),
    final=True,
)
DOCUMENT_TAKEN = Kind(
    name="decision_document_taken",
    version=1,
    promise="Somebody took a document of a decision out: its PDF, by its SHA-256.",
    fields=("request", "which", "document"),
    final=True,
)
KINDS = (
    PROCEDURE_RECORDED,
    PROCEDURE_ENDED,
    REQUESTED,
    WITHDRAWN,
    RECALLED,
    RECALL_ANSWERED,
    APPROVED,
    CONFIRMED,
    DISOWNED,
    ORDERED,
    EXTENDED,
    REFUSED,
    LEFT_ONLINE,
    REVIEW_DUE,
    HELD,
    RELEASED,
    LAPSED,
    EXPIRED,
    LIFTED,
    REQUEST_LATE,
    MEASURE_ASKED,
    MEASURE_KEPT,
    MEASURE_DONE,
    MEASURE_REFUSED,
    MEASURE_ENDING,
    MEASURE_ENDED,
    MEASURE_LATE,
    DOCUMENT_TAKEN,
)
