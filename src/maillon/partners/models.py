"""Partners of a house, and the messages that pass."""

from django.db import models


class Partner(models.Model):
    """Somebody this house writes to. `desk_house` is the house of this installation that is theirs, if any."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    country = models.TextField(default="")
    desk_house = models.TextField(default="")
    recipient = models.TextField(default="")
    last_number = models.BigIntegerField(default=0)


class Message(models.Model):
    """One message on its way. `id` derives from the event that caused it, so that it is made once; order is by
    (partner, item, number)."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    partner = models.TextField()
    channel = models.TextField()
    item_id = models.UUIDField()
    epoch = models.IntegerField()
    number = models.BigIntegerField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    about = models.UUIDField()
    body = models.BinaryField()
    state = models.TextField(default="queued")
    issued_at = models.DateTimeField()
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True)
    claimed_since = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(default="")
    cause = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "partner", "epoch", "number"], name="message_number"),
            models.CheckConstraint(
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
                name="message_sent_at",
            ),
        ]
        indexes = [
            models.Index(fields=["house", "due_at"], name="message_due", condition=~models.Q(state="sent")),
            models.Index(
                fields=["house", "partner", "item_id", "number"],
                name="message_order",
                condition=~models.Q(state="sent"),
            ),
        ]


class Received(models.Model):
    """A message that this house stored; the id makes a second delivery harmless."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    sender = models.TextField()
    epoch = models.IntegerField()
    number = models.BigIntegerField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    received_at = models.DateTimeField()
