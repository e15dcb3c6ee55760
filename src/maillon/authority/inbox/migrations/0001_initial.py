import django.contrib.postgres.fields
from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Arrival",
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
                ("sender", models.TextField()),
                ("kind", models.TextField()),
                ("purpose", models.TextField()),
                ("referral", models.TextField()),
                ("severity", models.SmallIntegerField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("state", models.TextField(default="waiting")),
                ("arrived_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.TextField(default="")),
                ("body", models.JSONField()),
            ],
            options={
                "indexes": [models.Index(fields=["house", "state", "due_at"], name="arrival_state")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "acknowledged"), _negated=True),
                            ("acknowledged_at__isnull", False),
                            _connector="OR",
                        ),
                        name="arrival_acknowledged_at",
                    )
                ],
            },
        ),
        HouseTable(
            "inbox_arrival",
            refs=[("item_id", "items_item", "id")],
            states=["waiting", "acknowledged", "recalled"],
        ),
    ]
