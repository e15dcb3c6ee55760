import django.contrib.postgres.fields
from django.db import migrations, models

from maillon.outbox.houserows import HideUncleared, HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0002_demands"),
        ("access", "0003_people"),
        ("intake", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "organisation", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("organisation", models.TextField()),
                ("key", models.TextField()),
                ("digest", models.BinaryField()),
                ("answer", models.JSONField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "report_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("report_id", models.UUIDField()),
                ("sealed", models.BinaryField()),
                ("given_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="ReporterMessage",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("report_id", models.UUIDField()),
                ("side", models.TextField()),
                ("person", models.TextField(default="")),
                ("text", models.TextField()),
                ("written_at", models.DateTimeField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "intake_reporter_message",
            },
        ),
        migrations.AddField(
            model_name="report",
            name="demands",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        migrations.AddField(
            model_name="report",
            name="entered_by",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="report",
            name="organisation",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="report",
            name="receipt",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="report",
            name="state",
            field=models.TextField(db_default="filed"),
        ),
        migrations.AddField(
            model_name="report",
            name="stated",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                condition=models.Q(("state", "unplaced")), fields=["house", "received_at", "id"], name="report_unplaced"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("house", "receipt"), name="report_receipt"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["submitted", "filed", "unplaced", "closed"])),
                name="intake_report_state",
            ),
        ),
        migrations.AddIndex(
            model_name="reportermessage",
            index=models.Index(fields=["house", "report_id", "written_at"], name="reporter_message_report"),
        ),
        migrations.AddIndex(
            model_name="reportermessage",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True), ("side", "reporter")),
                fields=["house", "written_at"],
                name="reporter_message_unread",
            ),
        ),
        migrations.AddConstraint(
            model_name="reportermessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["hotline", "reporter"])), name="reporter_message_side"
            ),
        ),
        HideUncleared("intake_report"),
        HouseTable(
            "intake_contact",
            refs=[("report_id", "intake_report", "id")],
            verbs=["SELECT", "INSERT", "UPDATE", "DELETE"],
        ),
        HouseTable("intake_reporter_message", refs=[("report_id", "intake_report", "id")]),
        HouseTable("intake_batch", refs=[("organisation", "access_organisation", "id")], verbs=["SELECT", "INSERT"]),
    ]
