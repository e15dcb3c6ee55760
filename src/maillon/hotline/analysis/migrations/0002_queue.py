from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0003_people"),
        ("analysis", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Filter",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("owner", models.TextField()),
                ("name", models.TextField()),
                ("shared", models.BooleanField()),
                ("criteria", models.JSONField()),
                ("made_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="assessment",
            name="withdrawn",
            field=models.BooleanField(db_default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_by",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="case",
            name="claimed_until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="relied_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="overridden_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="urgency",
            field=models.SmallIntegerField(db_default=5),
        ),
        migrations.AddField(
            model_name="case",
            name="urgency_rule",
            field=models.TextField(db_default=""),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("state", "settled"), _negated=True),
                fields=["house", "urgency", "opened_at", "id", "claimed_until"],
                name="case_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("claimed_until__isnull", False)),
                fields=["house", "urgency", "opened_at", "id", "claimed_until", "claimed_by"],
                name="case_claims",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["house", "due_at"], name="case_due"
            ),
        ),
        migrations.AddIndex(
            model_name="assessment",
            index=models.Index(fields=["house", "recorded_at"], name="assessment_recorded"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("overridden_at__isnull", False)),
                fields=["house", "overridden_at"],
                name="case_overridden",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(condition=models.Q(("urgency__range", (1, 5))), name="case_urgency"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_by", ""), ("claimed_until__isnull", True)),
                    models.Q(models.Q(("claimed_by", ""), _negated=True), ("claimed_until__isnull", False)),
                    _connector="OR",
                ),
                name="case_claim_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="filter",
            constraint=models.UniqueConstraint(fields=("house", "owner", "name"), name="filter_name"),
        ),
        HouseTable(
            "analysis_filter",
            refs=[("owner", "access_person", "name")],
            verbs=["SELECT", "INSERT", "UPDATE", "DELETE"],
        ),
    ]
