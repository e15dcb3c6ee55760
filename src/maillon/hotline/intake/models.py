"""Reports: what somebody told us. No address, browser or other technical trace of its author is kept anywhere."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Report(models.Model):
    """One report. `locations` is the field as it was written; `digest` tells a repeat from another content.

    `receipt` is the keyed hash of what the reporter holds; `stated` are any of `policy.STATED`; `organisation` is the
    partner that reported, `entered_by` who took a call or a letter down. `demands` are the clearances that its items
    demand. `outcome` follows from the verdicts of its items: illegal with one that is; not illegal where all are;
    else open.
    """

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    reference = models.TextField()
    received_at = models.DateTimeField()
    received_on = models.DateField()
    channel = models.TextField()
    language = models.TextField()
    locations = models.TextField()
    remark = models.TextField()
    digest = models.BinaryField()
    outcome = models.TextField(default="open")
    state = models.TextField(db_default="filed")
    receipt = models.BinaryField(null=True)
    stated = ArrayField(models.TextField(), db_default=[])
    organisation = models.TextField(db_default="")
    entered_by = models.TextField(db_default="")
    demands = ArrayField(models.TextField(), db_default=[])

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "reference"], name="report_reference"),
            models.UniqueConstraint(fields=["house", "receipt"], name="report_receipt"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["open", "illegal", "not_illegal"]), name="report_outcome_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["submitted", "filed", "unplaced", "closed"]), name="intake_report_state"
            ),
        ]
        indexes = [
            models.Index(  # with `demands`, which row security reads: figures touch nothing but this index
                fields=["house", "received_on", "channel", "outcome"], name="report_figures", include=["demands"]
            ),
            models.Index(
                fields=["house", "received_at", "id"], name="report_unplaced", condition=models.Q(state="unplaced")
            ),
        ]


class ReportLocation(models.Model):
    """A report speaks of an item; `given` is the address as this report wrote it.

    `item_reported_on` is the item's own: where it is another day than `received_on`, the item can belong to a period
    through this report alone.
    """

    pk = models.CompositePrimaryKey("house", "report_id", "item_id")
    house = models.TextField()
    report_id = models.UUIDField()
    item_id = models.UUIDField()
    position = models.SmallIntegerField()
    given = models.TextField()
    received_on = models.DateField()
    item_reported_on = models.DateField(null=True)

    class Meta:
        db_table = "intake_report_location"
        indexes = [
            models.Index(fields=["house", "item_id"], name="report_location_item"),
            models.Index(
                fields=["house", "received_on", "item_reported_on", "item_id"],
                name="report_location_again",
                condition=models.Q(item_reported_on__isnull=True) | ~models.Q(item_reported_on=models.F("received_on")),
            ),
        ]


class Contact(models.Model):
    """How a reporter may be reached, only where they offered it: encrypted to the hotline's contact key, apart."""

    pk = models.CompositePrimaryKey("house", "report_id")
    house = models.TextField()
    report_id = models.UUIDField()
    sealed = models.BinaryField()
    given_at = models.DateTimeField()


class ReporterMessage(models.Model):
    """One message between the hotline and a reporter, through the receipt. `person` is empty on the reporter's side."""

    pk = models.CompositePrimaryKey("house", "id")
    house = models.TextField()
    id = models.UUIDField()
    report_id = models.UUIDField()
    side = models.TextField()
    person = models.TextField(default="")
    text = models.TextField()
    written_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "intake_reporter_message"
        constraints = [
            models.CheckConstraint(condition=models.Q(side__in=["hotline", "reporter"]), name="reporter_message_side")
        ]
        indexes = [
            models.Index(fields=["house", "report_id", "written_at"], name="reporter_message_report"),
            models.Index(
                fields=["house", "written_at"],
                name="reporter_message_unread",
                condition=models.Q(side="reporter", read_at__isnull=True),
            ),
        ]


class Batch(models.Model):
    """One request of a partner's program, by its idempotency key: repeating it gets the same answer."""

    pk = models.CompositePrimaryKey("house", "organisation", "key")
    house = models.TextField()
    organisation = models.TextField()
    key = models.TextField()
    digest = models.BinaryField()
    answer = models.JSONField()
    made_at = models.DateTimeField()
