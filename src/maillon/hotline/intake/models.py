"""Reports: what somebody told us. No address, browser or other technical trace of its author is kept anywhere."""

from django.db import models


class Report(models.Model):
    """One report. `locations` is the field as it was written; `digest` tells a repeat from another content."""

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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["house", "reference"], name="report_reference")]
        indexes = [models.Index(fields=["house", "received_on"], name="report_received_on")]


class ReportLocation(models.Model):
    """A report speaks of an item; `given` is the address as this report wrote it."""

    pk = models.CompositePrimaryKey("house", "report_id", "item_id")
    house = models.TextField()
    report_id = models.UUIDField()
    item_id = models.UUIDField()
    position = models.SmallIntegerField()
    given = models.TextField()

    class Meta:
        db_table = "intake_report_location"
        indexes = [models.Index(fields=["house", "item_id"], name="report_location_item")]
