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
