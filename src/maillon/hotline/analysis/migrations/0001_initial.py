import django.contrib.postgres.fields
from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("access", "0001_initial"),
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("case_id", models.UUIDField()),
                ("item_id", models.UUIDField()),
                ("report_id", models.UUIDField(null=True)),
                ("person", models.TextField()),
                ("organisation", models.TextField()),
                ("body", models.TextField()),
                ("senior", models.BooleanField()),
                ("scheme", models.TextField()),
                ("version", models.TextField()),
                ("code", models.TextField()),
                ("outcome", models.TextField()),
                ("severity", models.SmallIntegerField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("reason", models.TextField(default="")),
                ("assessed_at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("former", models.BooleanField()),
                ("entered_by", models.TextField()),
                ("replaced_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["house", "item_id", "person"], name="assessment_item")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("replaced_at__isnull", True)),
                        fields=("house", "case_id", "person"),
                        name="assessment_current",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__isnull", True), ("severity__range", (1, 5)), _connector="OR"),
                        name="assessment_severity",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Case",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("item_id", models.UUIDField()),
                ("round", models.SmallIntegerField()),
                ("state", models.TextField(default="waiting")),
                ("opened_at", models.DateTimeField()),
                ("reported_at", models.DateTimeField(null=True)),
                ("first_opinion_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("due_rule", models.TextField(default="")),
                ("steps", models.SmallIntegerField(default=0)),
                ("escalate_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
                ("scheme", models.TextField(default="")),
                ("version", models.TextField(default="")),
                ("code", models.TextField(default="")),
                ("outcome", models.TextField(default="")),
                ("severity", models.SmallIntegerField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("former", models.BooleanField(default=False)),
                ("rule", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("escalate_at__isnull", False)),
                        fields=["house", "escalate_at"],
                        name="case_escalate",
                    ),
                    models.Index(fields=["house", "state", "opened_at"], name="case_state"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "item_id", "round"), name="case_round"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "settled"), _negated=True),
                            models.Q(("outcome__in", ["illegal", "not_illegal"]), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="case_settled_has_outcome",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("severity__isnull", True), ("severity__range", (1, 5)), _connector="OR"),
                        name="case_severity",
                    ),
                ],
            },
        ),
        HouseTable(
            "analysis_case",
            refs=[("item_id", "items_item", "id")],
            states=["waiting", "second_opinion", "disputed", "settled"],
        ),
        HouseTable(
            "analysis_assessment",
            refs=[
                ("case_id", "analysis_case", "id"),
                ("item_id", "items_item", "id"),
                ("person", "access_person", "name"),
            ],
        ),
    ]
