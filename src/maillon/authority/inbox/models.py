"""What arrived at the authority."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Matter(models.Model):
    """All that arrived about one item, worked on together by a unit (`unit`, an organisation) or a person.

    `severity` and `flags` are the gravest that still hold, `due_at` the nearest term of what is unanswered. Without an
    item it is one letter that names no address.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField(null=True)
    state = models.TextField(default="waiting")
    severity = models.SmallIntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    due_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField()
    unit = models.TextField(null=True)  # noqa: DJ001 (a foreign key: no unit yet is not a unit named "")
    taken_by = models.TextField(db_default="")
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_why = models.TextField(db_default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "item_id"], name="matter_item")]
        indexes = [models.Index(fields=["house", "state", "due_at"], name="matter_state")]


class Arrival(models.Model):
    """A referral or a call-back as it came in, or a letter taken down by hand; `id` is the message's or its own.

    `referral` is the sender's own reference, `sender_name` who wrote the letter, `entered_by` who took it down;
    `reason` says why it was refused (`refused_*`) or called back.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField(null=True)
    sender = models.TextField()
    kind = models.TextField()
    purpose = models.TextField()
    referral = models.TextField()
    severity = models.SmallIntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    state = models.TextField(default="waiting")
    arrived_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.TextField(default="")
    body = models.JSONField()
    refused_at = models.DateTimeField(null=True)
    refused_by = models.TextField(db_default="")
    reason = models.TextField(db_default="")
    matter_id = models.UUIDField(null=True)
    sender_name = models.TextField(db_default="")
    entered_by = models.TextField(db_default="")
    due_rule = models.TextField(db_default="")
    escalate_at = models.DateTimeField(null=True)
    steps = models.SmallIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="acknowledged") | models.Q(acknowledged_at__isnull=False),
                name="arrival_acknowledged_at",
            )
        ]
        indexes = [
            models.Index(fields=["house", "state", "due_at"], name="arrival_state"),
            models.Index(fields=["house", "matter_id"], name="arrival_matter"),
            models.Index(
                fields=["house", "escalate_at"], name="arrival_escalate", condition=models.Q(escalate_at__isnull=False)
            ),
        ]
