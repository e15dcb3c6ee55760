"""Cases (one round of analysis of one item) and the assessments in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Case(models.Model):
    """One round of analysis. The settled columns are filled when it is settled and kept when it is in doubt again.

    `reported_at` is the item's; `first_opinion_at` the moment of the earliest opinion in it. `urgency` runs from 1
    (most urgent) to 5, by the rule named; a claim keeps the case to one person until `claimed_until`. Since `relied_at`
    something has left the house on the strength of it, so that no opinion in it is undone.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    round = models.SmallIntegerField()
    state = models.TextField(default="waiting")
    opened_at = models.DateTimeField()
    reported_at = models.DateTimeField(null=True)
    first_opinion_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_rule = models.TextField(default="")
    steps = models.SmallIntegerField(default=0)
    escalate_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    scheme = models.TextField(default="")
    version = models.TextField(default="")
    code = models.TextField(default="")
    outcome = models.TextField(default="")
    severity = models.SmallIntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    former = models.BooleanField(default=False)
    rule = models.TextField(default="")
    urgency = models.SmallIntegerField(db_default=5)
    urgency_rule = models.TextField(db_default="")
    claimed_by = models.TextField(db_default="")
    claimed_until = models.DateTimeField(null=True)
    relied_at = models.DateTimeField(null=True)
    overridden_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "item_id", "round"], name="case_round"),
            models.CheckConstraint(
                condition=~models.Q(state="settled")
                | models.Q(settled_at__isnull=False, outcome__in=["illegal", "not_illegal"]),
                name="case_settled_has_outcome",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__isnull=True) | models.Q(severity__range=(1, 5)), name="case_severity"
            ),
            models.CheckConstraint(condition=models.Q(urgency__range=(1, 5)), name="case_urgency"),
            models.CheckConstraint(
                condition=models.Q(claimed_by="", claimed_until__isnull=True)
                | (~models.Q(claimed_by="") & models.Q(claimed_until__isnull=False)),
                name="case_claim_ends",
            ),
        ]
        indexes = [
            models.Index(
                fields=["house", "escalate_at"],
                name="case_escalate",
                condition=models.Q(escalate_at__isnull=False),
            ),
            models.Index(fields=["house", "state", "opened_at"], name="case_state"),
            models.Index(
                fields=["house", "urgency", "opened_at", "id", "claimed_until"],
                name="case_queue",
                condition=~models.Q(state="settled"),
            ),
            models.Index(fields=["house", "due_at"], name="case_due", condition=models.Q(due_at__isnull=False)),
            models.Index(
                fields=["house", "state", "due_at"], name="case_late", condition=models.Q(due_at__isnull=False)
            ),
            models.Index(
                fields=["house", "overridden_at"],
                name="case_overridden",
                condition=models.Q(overridden_at__isnull=False),
            ),
            models.Index(
                fields=["house", "urgency", "opened_at", "id", "claimed_until", "claimed_by"],
                name="case_claims",
                condition=models.Q(claimed_until__isnull=False),
            ),
        ]


class Assessment(models.Model):
    """One person's opinion on one item, made for one report. A changed opinion is a new row; the old one says when.

    One taken back within the grace is `withdrawn`: replaced by nothing.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    case_id = models.UUIDField()
    item_id = models.UUIDField()
    report_id = models.UUIDField(null=True)
    person = models.TextField()
    organisation = models.TextField()
    body = models.TextField()
    senior = models.BooleanField()
    scheme = models.TextField()
    version = models.TextField()
    code = models.TextField()
    outcome = models.TextField()
    severity = models.SmallIntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    reason = models.TextField(default="")
    assessed_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    former = models.BooleanField()
    entered_by = models.TextField()
    replaced_at = models.DateTimeField(null=True)
    withdrawn = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "case_id", "person"],
                name="assessment_current",
                condition=models.Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                condition=models.Q(severity__isnull=True) | models.Q(severity__range=(1, 5)),
                name="assessment_severity",
            ),
        ]
        indexes = [
            models.Index(fields=["house", "item_id", "person"], name="assessment_item"),
            models.Index(fields=["house", "recorded_at"], name="assessment_recorded"),
        ]


class Filter(models.Model):
    """A way to look at the queue that somebody saved; a `shared` one is everybody's to use, its owner's to change."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    owner = models.TextField()
    name = models.TextField()
    shared = models.BooleanField()
    criteria = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "owner", "name"], name="filter_name")]


class Confirmation(models.Model):
    """A person, having looked, says that this very content (`sha256`) is what their opinion of the item rests on.

    Two of different people that agree make the decision known: equal content found elsewhere proposes it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    sha256 = models.BinaryField()
    item_id = models.UUIDField()
    assessment_id = models.UUIDField()
    person = models.TextField()
    scheme = models.TextField()
    version = models.TextField()
    code = models.TextField()
    severity = models.SmallIntegerField(null=True)
    confirmed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "sha256", "item_id", "person"],
                name="confirmation_current",
                condition=models.Q(withdrawn_at__isnull=True),
            )
        ]
