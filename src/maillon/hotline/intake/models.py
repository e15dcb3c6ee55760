"""Reports: what somebody told us. No address, browser or other technical trace of its author is kept anywhere."""

from django.db import models


class Report(models.Model):
    """One report. `locations` is the field as it was written; `digest` tells a repeat from another content.

    `outcome` follows from the verdicts of its items: illegal with one that is; not illegal where all are; else open.
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["house", "reference"], name="report_reference"),
            models.CheckConstraint(
                condition=models.Q(outcome__in=["open", "illegal", "not_illegal"]), name="report_outcome_known"
            ),
        ]
        indexes = [models.Index(fields=["house", "received_on", "channel", "outcome"], name="report_figures")]


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
