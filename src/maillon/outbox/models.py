"""Events, their bodies, their deliveries, and the installation's own row."""

from django.db import models


class Installation(models.Model):
    """One row: what this database is. `epoch` is new after each restore; `demo` is set once and never cleared."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    epoch = models.IntegerField(default=1)
    demo = models.BooleanField(default=False)
    demo_whole = models.BooleanField(default=False)
    made_at = models.DateTimeField()


class Event(models.Model):
    """What happened, written once. `leaf` covers every column but `id` and `xid`; see `outbox.record`."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.BigIntegerField()
    uid = models.UUIDField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    item = models.UUIDField(null=True)
    actor = models.TextField()
    organisation = models.TextField()
    cause = models.UUIDField(null=True)
    rule = models.TextField(default="")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    body_digest = models.BinaryField()
    leaf = models.BinaryField()
    xid = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["house", "item", "id"], name="event_timeline")]


class EventBody(models.Model):
    """An event's content and salt, apart so that retention may erase them while the digest stays."""

    pk = models.CompositePrimaryKey("house", "event_id")
    house = models.TextField()
    event_id = models.BigIntegerField()
    salt = models.BinaryField()
    body = models.BinaryField()


class Delivery(models.Model):
    """One event for one handler. Order is kept per (handler, item): see `outbox.deliveries`. Done, it is deleted."""

    pk = models.CompositePrimaryKey("house", "handler", "event_id")
    house = models.TextField()
    handler = models.TextField()
    event_id = models.BigIntegerField()
    item = models.UUIDField(null=True)
    state = models.TextField(default="due")
    due_at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    error = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["item", "event_id"], name="delivery_order", condition=models.Q(item__isnull=False))
        ]
