"""Referrals: what goes to whom, due when."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Least

from maillon.hotline.referral.states import NEVER


class Referral(models.Model):
    """One recipient of one settled item (`purpose` action, copy or danger), or of a call-back (`recalls` filled).

    An undecided one has no partner: a person must state where the item is hosted. `due_at` is the term of the next
    step, `rule` the row that named the recipient, `due_rule` the one that set the term; `reported_at` is the item's.
    `refusal` is why its recipient refused it.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    case_id = models.UUIDField()
    round = models.SmallIntegerField()
    purpose = models.TextField()
    partner = models.TextField(null=True)  # noqa: DJ001 (a foreign key: nobody yet is not a partner named "")
    partner_kind = models.TextField(default="")
    channel = models.TextField(default="")
    state = models.TextField()
    reason = models.TextField(default="")
    country = models.TextField(default="")
    provider_country = models.TextField(default="")
    scheme = models.TextField()
    version = models.TextField()
    code = models.TextField()
    outcome = models.TextField()
    severity = models.SmallIntegerField(null=True)
    flags = ArrayField(models.TextField(), default=list)
    rule = models.TextField()
    reported_at = models.DateTimeField(null=True)
    drafted_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_rule = models.TextField(default="")
    escalate_at = models.DateTimeField(null=True)
    steps = models.SmallIntegerField(default=0)
    message_id = models.UUIDField(null=True)
    sent_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    recalls = models.UUIDField(null=True)
    refusal = models.TextField(db_default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(partner__isnull=False) | models.Q(state__in=["undecided", "decided", "withdrawn"]),
                name="referral_has_partner",
            ),
            models.CheckConstraint(
                condition=~models.Q(partner_kind__in=["federal_police", "local_police"])
                | models.Q(severity__isnull=False, severity__range=(1, 5)),  # a check that is NULL passes
                name="referral_police_severity",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="acknowledged") | models.Q(acknowledged_at__isnull=False),
                name="referral_acknowledged_at",
            ),
            models.CheckConstraint(
                condition=~models.Q(state="sent") | models.Q(sent_at__isnull=False), name="referral_sent_at"
            ),
            models.UniqueConstraint(
                fields=["house", "item_id", "round", "partner", "purpose"],
                name="referral_one_standing",
                condition=models.Q(state__in=["drafted", "queued", "sent", "acknowledged"], recalls__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["house", "item_id"], name="referral_one_undecided", condition=models.Q(state="undecided")
            ),
            models.UniqueConstraint(
                fields=["house", "recalls"],
                name="referral_recalled_once",
                condition=models.Q(recalls__isnull=False) & ~models.Q(state__in=["undone", "withdrawn"]),
            ),
        ]
        indexes = [
            models.Index(fields=["house", "send_at"], name="referral_send", condition=models.Q(state="drafted")),
            models.Index(
                fields=["house", "escalate_at"],
                name="referral_escalate",
                condition=models.Q(escalate_at__isnull=False),
            ),
            models.Index(fields=["house", "item_id"], name="referral_item"),
            models.Index(
                "house",
                "state",
                Least("due_at", models.Value(NEVER)),
                "id",
                name="referral_running",
                condition=models.Q(state__in=["undecided", "drafted", "queued", "sent", "refused"]),
            ),
        ]


class Hold(models.Model):
    """The public prosecutor leaves the item online for the investigation: notices abroad wait until `until`.

    `id` is the authority's own reference of the hold.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    sender = models.TextField()
    until = models.DateTimeField()
    taken_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["house", "item_id"], name="hold_item", condition=models.Q(ended_at__isnull=True))
        ]


class Outcome(models.Model):
    """What became of an item elsewhere, as its message said: see `partners/schemas/outcome-1.json`."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    item_id = models.UUIDField()
    sender = models.TextField()
    outcome = models.TextField()
    kind = models.TextField(db_default="")
    until = models.DateTimeField(null=True)
    happened_at = models.DateTimeField()
    taken_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["house", "item_id", "happened_at"], name="outcome_item")]
