"""The vault's books: what is kept, for whom it is encrypted, what may not be purged, and what was."""

from django.db import models


class Recipient(models.Model):
    """A key to which what is kept is wrapped: the hotline's own, the police's, the public prosecutor's.

    `key` is an age public key. A retired one gets nothing more and keeps what it has.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    kind = models.TextField()
    key = models.TextField()
    added_by = models.TextField()
    added_at = models.DateTimeField()
    retired_by = models.TextField(default="")
    retired_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "key"], name="recipient_key"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["hotline", "police", "prosecutor"]), name="recipient_kind_known"
            ),
        ]


class Object(models.Model):
    """One object of the vault: a WARC 1.1 file, encrypted to a key of its own.

    `name` (where it lies) and `content` (equal for equal bytes of one item) are keyed hashes. `about` is the item that
    it was fetched for; `size` and `sealed_size` are bytes before and after encryption, `digest` is the BLAKE3 of the
    latter. `expires_at` is from when the purge takes it (`rule` says why), unless a hold stands. `purge_id` is the
    purge that took it and has not yet ended.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    name = models.TextField()
    content = models.TextField()
    about = models.UUIDField()
    kind = models.TextField()
    size = models.BigIntegerField()
    sealed_size = models.BigIntegerField()
    digest = models.BinaryField()
    kept_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    rule = models.JSONField()
    purge_id = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "name"], name="object_name")]
        indexes = [
            models.Index(fields=["house", "about"], name="object_about"),
            models.Index(fields=["house", "content"], name="object_content"),
            models.Index(fields=["house", "expires_at"], name="object_expiring"),
            models.Index(fields=["house", "purge_id"], name="object_taken", condition=models.Q(purge_id__isnull=False)),
        ]


class Wrap(models.Model):
    """An object's key, encrypted to one recipient. Destroyed from `due_at` on, if that is set."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    object_id = models.UUIDField()
    recipient_id = models.UUIDField()
    wrapped = models.BinaryField()
    wrapped_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "object_id", "recipient_id"], name="wrap_once")]
        indexes = [models.Index(fields=["house", "due_at"], name="wrap_due", condition=models.Q(due_at__isnull=False))]


class LegalHold(models.Model):
    """What is kept about an item is not purged, from one moment until another, for a reason in law."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    about = models.UUIDField()
    reason = models.TextField()
    held_by = models.TextField()
    held_at = models.DateTimeField()
    review_on = models.DateField()
    ended_by = models.TextField(default="")
    ended_reason = models.TextField(default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["house", "about"], name="legalhold_current", condition=models.Q(ended_at__isnull=True)
            )
        ]


class Purge(models.Model):
    """One run of the purge: what there was before and after, counted in the vault and in the books."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    counts = models.JSONField()


class Tombstone(models.Model):
    """That an object was kept, until when, under which rule it was purged: nothing of what it held, nor its name."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    about = models.UUIDField()
    kind = models.TextField()
    kept_at = models.DateTimeField()
    purged_at = models.DateTimeField()
    purge_id = models.UUIDField()
    rule = models.JSONField()
