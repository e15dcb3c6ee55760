from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0005_captures"),
        ("observation", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="location",
            name="confidence",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="location",
            name="hops",
            field=models.JSONField(db_default=[]),
        ),
        migrations.AddField(
            model_name="location",
            name="origin",
            field=models.TextField(db_default=""),
        ),
        migrations.AddField(
            model_name="lookup",
            name="why",
            field=models.TextField(db_default=""),
        ),
        migrations.AddIndex(
            model_name="lookup",
            index=models.Index(fields=["house", "item_id", "done_at"], name="lookup_item"),
        ),
        migrations.CreateModel(
            name="ContactLookup",
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
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                ("address", models.TextField(default="")),
                ("found_by", models.TextField(default="")),
                ("mail", models.TextField(default="")),
                ("name", models.TextField(default="")),
                ("handle", models.TextField(default="")),
                ("tried", models.JSONField(default=list)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["house", "due_at"],
                        name="contactlookup_open",
                    ),
                    models.Index(fields=["house", "item_id", "asked_at"], name="contactlookup_item"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=("house", "item_id"),
                        name="contactlookup_one_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Fetch",
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
                ("purpose", models.TextField()),
                ("referrer", models.TextField(db_default="")),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("claimed_by", models.IntegerField(null=True)),
                ("claimed_since", models.DateTimeField(null=True)),
                ("cause", models.UUIDField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("capture_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=["house", "due_at"],
                        name="fetch_open",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "done"), _negated=True),
                        fields=("house", "item_id"),
                        name="fetch_one_open",
                    )
                ],
            },
        ),
        HouseTable(
            "observation_contactlookup", refs=[("item_id", "items_item", "id")], states=["waiting", "running", "done"]
        ),
        HouseTable(
            "observation_fetch",
            refs=[("item_id", "items_item", "id"), ("capture_id", "items_capture", "id")],
            states=["waiting", "running", "done"],
        ),
    ]
