"""Organisations, the people in them, what they were trained for, and their sign-in."""

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Login(AbstractUser):
    """A sign-in: it belongs to no house, and points to one person of one house."""

    house = models.TextField(default="")
    person = models.TextField(default="")


class Organisation(models.Model):
    """An organisation as one house knows it. `kind` is what it is in the chain (hotline, federal_police, …)."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.TextField()
    kind = models.TextField()
    name = models.TextField()

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
    """A partner organisation's key to the API, kept as a keyed hash; its text is shown once."""

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "digest"], name="token_digest")]


class Keys(models.Model):
    """The keys that a person chose for the console: key by action, where it is another than the default."""

    pk = models.CompositePrimaryKey("house", "person")
    house = models.TextField()
    person = models.TextField()
    keys = models.JSONField(default=dict)
