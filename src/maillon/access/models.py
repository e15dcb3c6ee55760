"""Organisations, the people in them, what they were trained for, and their sign-in."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.crypto import salted_hmac


class Login(AbstractUser):
    """A sign-in: it belongs to no house, and points to one person of one house.

    `salt` is part of what a session is checked against: a new one ends every session. `failures` counts wrong
    passwords since the last right one; `locked_at` is set once there are too many, until a person unlocks it.
    """

    house = models.TextField(default="")
    person = models.TextField(default="")
    salt = models.TextField(default="")
    failures = models.SmallIntegerField(default=0)
    locked_at = models.DateTimeField(null=True)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session is checked against at every request (Django's own hook): password and salt together."""
        kept = f"{self.salt}:{self.password}"
        return salted_hmac("maillon.access.session", kept, secret=secret, algorithm="sha256").hexdigest()


class Organisation(models.Model):
    """An organisation as one house knows it. `kind` is what it is in the chain (`access.organisations.KINDS`).

    `mail` is where it is told that something waits in the portal, in `language`; "" where it is told nothing.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    mail = models.TextField(db_default="")
    language = models.TextField(db_default="fr")

    class Meta:
        db_table = "access_organisation"


class Person(models.Model):
    """An account: somebody of an organisation who acts in this house. `recipient` is their age public key."""

    pk = models.CompositePrimaryKey("house", "name")
    house = models.TextField()
    name = models.TextField()
    organisation = models.TextField()
    roles = ArrayField(models.TextField())
    active = models.BooleanField(default=True)
    recipient = models.TextField(default="")
    made_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)


class Training(models.Model):
    """A training that a person had, in force from a day until another."""

    pk = models.CompositePrimaryKey("house", "person", "course", "valid_from")
    house = models.TextField()
    person = models.TextField()
    course = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    recorded_at = models.DateTimeField()


class Clearance(models.Model):
    """A label that a person holds from a day until another; an item that demands it is shown to no one else."""

    pk = models.CompositePrimaryKey("house", "person", "label", "valid_from")
    house = models.TextField()
    person = models.TextField()
    label = models.TextField()
    valid_from = models.DateField()
    valid_until = models.DateField()
    reason = models.TextField()
    given_by = models.TextField()
    given_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class Token(models.Model):
    """A partner organisation's key to the API, kept as a keyed hash; its text is shown once.

    `rights` say for what it is (`access.tokens.RIGHTS`).
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    organisation = models.TextField()
    label = models.TextField()
    digest = models.BinaryField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    rights = ArrayField(models.TextField(), db_default=["report"])

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "digest"], name="token_digest")]


class Keys(models.Model):
    """The keys that a person chose for the console: key by action, where it is another than the default."""

    pk = models.CompositePrimaryKey("house", "person")
    house = models.TextField()
    person = models.TextField()
    keys = models.JSONField(default=dict)


class Invitation(models.Model):
    """A link by which one person sets up their sign-in, once: to begin with, or after a device was lost (`purpose`).

    Kept as a keyed hash of what the link holds.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    person = models.TextField()
    purpose = models.TextField()
    digest = models.BinaryField()
    made_by = models.TextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "digest"], name="invitation_digest")]


FOUND = models.Q(finding__in=["", "in_order", "question"])


class BreakGlass(models.Model):
    """Somebody took a clearance for themselves, for a reason and a short time; oversight reviews each.

    `finding`, `words` and `answer` as in a `SampleEntry`.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    person = models.TextField()
    label = models.TextField()
    reason = models.TextField()
    began_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_by = models.TextField(db_default="")
    reviewed_at = models.DateTimeField(null=True)
    finding = models.TextField(db_default="")
    words = models.TextField(db_default="")
    answer = models.TextField(db_default="")
    answered_by = models.TextField(db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=FOUND, name="breakglass_finding")]


class Sample(models.Model):
    """One week's random sample of what oversight reviews. `seed` makes the draw repeatable; `week` is its Monday."""

    pk = models.CompositePrimaryKey("house", "week")
    house = models.TextField()
    week = models.DateField()
    seed = models.BinaryField()
    population = models.IntegerField()
    drawn_at = models.DateTimeField()
    signed_by = models.TextField(db_default="")
    signed_at = models.DateTimeField(null=True)
    words = models.TextField(db_default="")


class SampleEntry(models.Model):
    """One event of a sample, and what oversight found: `in_order` or `question`, in words; "" until reviewed.

    A question is answered by whoever manages the house.
    """

    pk = models.CompositePrimaryKey("house", "week", "event_id")
    house = models.TextField()
    week = models.DateField()
    event_id = models.BigIntegerField()
    finding = models.TextField(db_default="")
    words = models.TextField(db_default="")
    reviewed_by = models.TextField(db_default="")
    reviewed_at = models.DateTimeField(null=True)
    answer = models.TextField(db_default="")
    answered_by = models.TextField(db_default="")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=FOUND, name="sampleentry_finding")]
