from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Location",
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
                ("observed_at", models.DateTimeField()),
                ("country", models.TextField()),
                ("reason", models.TextField()),
                ("method", models.TextField()),
                ("stated_by", models.TextField(default="")),
                ("statement", models.TextField(default="")),
                ("asns", models.JSONField(default=list)),
                ("seen", models.JSONField(default=list)),
                ("chain", models.JSONField(default=list)),
            ],
            options={
                "indexes": [models.Index(fields=["house", "item_id", "observed_at"], name="location_item")],
            },
        ),
        migrations.CreateModel(
            name="Lookup",
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
                ("state", models.TextField(default="waiting")),
                ("due_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("claimed_by", models.IntegerField(null=True)),
                ("claimed_since", models.DateTimeField(null=True)),
                ("cause", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["house", "due_at"],
                        name="lookup_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=("house", "item_id"),
                        name="lookup_one_open",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "done")),
                            models.Q(models.Q(("state", "done"), _negated=True), ("done_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="lookup_done_at",
                    ),
                ],
            },
        ),
        HouseTable(
            "observation_lookup",
            refs=[("item_id", "items_item", "id")],
            states=["waiting", "running", "done"],
        ),
        HouseTable("observation_location", refs=[("item_id", "items_item", "id")], verbs=["SELECT", "INSERT"]),
    ]
