"""Cases (one round of analysis of one item) and the assessments in them."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Case(models.Model):
    """One round of analysis. The settled columns are filled when it is settled and kept when it is in doubt again.

    `reported_at` is the item's; `first_opinion_at` the moment of the earliest opinion in it.
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
        ]
        indexes = [
            models.Index(
                fields=["house", "escalate_at"],
                name="case_escalate",
                condition=models.Q(escalate_at__isnull=False),
            ),
            models.Index(fields=["house", "state", "opened_at"], name="case_state"),
        ]


class Assessment(models.Model):
    """One person's opinion on one item, made for one report. A changed opinion is a new row; the old one says when."""

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
        indexes = [models.Index(fields=["house", "item_id", "person"], name="assessment_item")]
