"""Partners of a house, and the messages that pass."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Partner(models.Model):
    """Somebody this house writes to. `desk_house` is the house of this installation that is theirs, if any.

    `mail_*` is how far telling them that something waits in the portal has come: `mailed_at` the last mail that went
    out, `mail_due_at` before when none is tried, `mail_attempts` and `mail_error` what failed since.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    country = models.TextField(default="")
    desk_house = models.TextField(default="")
    recipient = models.TextField(default="")
    last_number = models.BigIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    mail_due_at = models.DateTimeField(null=True)
    mail_attempts = models.SmallIntegerField(db_default=0)
    mail_error = models.TextField(db_default="")


class Message(models.Model):
    """One message on its way. `id` derives from the event that caused it, so that it is made once; order is by
    (partner, item, number)."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    partner = models.TextField()
    channel = models.TextField()
    item_id = models.UUIDField(null=True)
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
    receipt = models.BinaryField(null=True)

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
    """A message that this house stored; the id makes a second delivery harmless, `digest` (SHA-256 of the canonical
    envelope) tells it from another under the same id. `recipient` is this house as the sender names it.

    `lost_at` is set where its sender, restored from a backup, no longer knows that it sent it; a person then says what
    became of it (`settled_*`).
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    sender = models.TextField()
    epoch = models.IntegerField()
    number = models.BigIntegerField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    received_at = models.DateTimeField()
    item_id = models.UUIDField(null=True)
    recipient = models.TextField(db_default="")
    digest = models.BinaryField(null=True)
    lost_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.TextField(db_default="")
    settled_why = models.TextField(db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["house", "sender", "recipient", "epoch", "number"], name="received_number"),
            models.Index(fields=["house", "item_id"], name="received_item"),
        ]


class Peer(models.Model):
    """Another installation, for one of its houses: where it is reached and the key that it signs with, pinned.

    `key` is its Ed25519 public key (base64); `authority` the certificates (PEM) that its HTTPS is checked against, or
    "" for the system's. `epoch` is the one it was in when last heard: another one means that it was restored. It is
    greeted when `due_at` comes; `failures` greetings in a row went wrong, the last with `error`.
    """

    pk = models.CompositePrimaryKey("house", "peer")
    house = models.TextField()
    peer = models.TextField()
    address = models.TextField()
    key = models.TextField()
    authority = models.TextField(db_default="")
    epoch = models.IntegerField(db_default=0)
    heard_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    failures = models.SmallIntegerField(db_default=0)
    error = models.TextField(db_default="")
    pinned_by = models.TextField()
    pinned_at = models.DateTimeField()


class Letter(models.Model):
    """A message that waits in the portal for a partner without an installation; `id` is the message's.

    `danger`: it speaks of imminent danger. `speaks_of`: the earlier letter that it calls back, ends or answers about.
    `told_at`: when its partner was last told by mail that something waits. `opened_by`: the accounts that read it.
    `asked`: what the partner asked back, as {question, text, by, at}.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    partner = models.TextField()
    item_id = models.UUIDField()
    kind = models.TextField()
    version = models.SmallIntegerField()
    number = models.BigIntegerField()
    epoch = models.IntegerField()
    issued_at = models.DateTimeField()
    body = models.JSONField()
    danger = models.BooleanField(db_default=False)
    speaks_of = models.UUIDField(null=True)
    state = models.TextField(default="waiting")
    arrived_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(db_default="")
    reason = models.TextField(db_default="")
    opened_by = ArrayField(models.TextField(), db_default=[])
    asked = models.JSONField(db_default=[])

    class Meta:
        indexes = [
            models.Index(fields=["house", "partner", "state", "due_at"], name="letter_state"),
            models.Index(fields=["house", "partner", "item_id"], name="letter_item"),
            models.Index(fields=["house", "partner"], name="letter_waiting", condition=models.Q(state="waiting")),
        ]


class Question(models.Model):
    """Somebody asks back about what was sent: `direction` is `in` (asked of us) or `out` (asked by us).

    `about` is our own row that it concerns (a referral, a measure; an arrival, a letter). `id` is the asking message's
    own question id, the same on both sides.
    """

    pk = models.CompositePrimaryKey("house", "id", "direction")
    house = models.TextField()
    id = models.UUIDField()
    direction = models.TextField()
    partner = models.TextField()
    about = models.UUIDField()
    item_id = models.UUIDField()
    text = models.TextField()
    asked_by = models.TextField()
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    answer = models.TextField(db_default="")
    answered_by = models.TextField(db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(direction__in=["in", "out"]), name="question_direction")
        ]


class Statement(models.Model):
    """Figures of a year that another house or partner stated; the latest message counts."""

    pk = models.CompositePrimaryKey("house", "partner", "year")
    house = models.TextField()
    partner = models.TextField()
    year = models.SmallIntegerField()
    figures = models.JSONField()
    message_id = models.UUIDField()
    stated_at = models.DateTimeField()
