"""What arrived at the authority."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Arrival(models.Model):
    """A referral or a call-back as it came in; `id` is the message's. `referral` is the sender's own reference."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="acknowledged") | models.Q(acknowledged_at__isnull=False),
                name="arrival_acknowledged_at",
            )
        ]
        indexes = [models.Index(fields=["house", "state", "due_at"], name="arrival_state")]
