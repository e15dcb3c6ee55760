from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Report",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("reference", models.TextField()),
                ("received_at", models.DateTimeField()),
                ("received_on", models.DateField()),
                ("channel", models.TextField()),
                ("language", models.TextField()),
                ("locations", models.TextField()),
                ("remark", models.TextField()),
                ("digest", models.BinaryField()),
                ("outcome", models.TextField(default="open")),
            ],
            options={
                "indexes": [models.Index(fields=["house", "received_on", "channel", "outcome"], name="report_figures")],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "reference"), name="report_reference"),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["open", "illegal", "not_illegal"])),
                        name="report_outcome_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportLocation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house",
                        "report_id",
                        "item_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("house", models.TextField()),
                ("report_id", models.UUIDField()),
                ("item_id", models.UUIDField()),
                ("position", models.SmallIntegerField()),
                ("given", models.TextField()),
                ("received_on", models.DateField()),
                ("item_reported_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "intake_report_location",
                "indexes": [
                    models.Index(fields=["house", "item_id"], name="report_location_item"),
                    models.Index(
                        condition=models.Q(
                            ("item_reported_on__isnull", True),
                            models.Q(("item_reported_on", models.F("received_on")), _negated=True),
                            _connector="OR",
                        ),
                        fields=["house", "received_on", "item_reported_on", "item_id"],
                        name="report_location_again",
                    ),
                ],
            },
        ),
        HouseTable("intake_report"),
        HouseTable(
            "intake_report_location",
            refs=[("report_id", "intake_report", "id"), ("item_id", "items_item", "id")],
            verbs=["SELECT", "INSERT"],
        ),
    ]
