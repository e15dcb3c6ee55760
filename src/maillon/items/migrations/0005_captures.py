from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0004_shared_with"),
    ]

    operations = [
        migrations.CreateModel(
            name="Capture",
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
                ("purpose", models.TextField()),
                ("asked_by", models.TextField()),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField()),
                ("outcome", models.TextField()),
                ("reason", models.TextField(default="")),
                ("status", models.SmallIntegerField(null=True)),
                ("mime", models.TextField(default="")),
                ("hops", models.JSONField(default=list)),
                ("size", models.BigIntegerField(default=0)),
                ("sha256", models.BinaryField(null=True)),
                ("text_length", models.IntegerField(default=0)),
                ("needs_scripts", models.BooleanField(default=False)),
                ("named", models.IntegerField(default=0)),
                ("object_id", models.UUIDField(null=True)),
                ("purged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["house", "item_id", "began_at"], name="capture_item")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["ok", "refused", "failed"])), name="capture_outcome_known"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Medium",
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
                ("capture_id", models.UUIDField()),
                ("position", models.IntegerField()),
                ("kind", models.TextField()),
                ("url", models.TextField()),
                ("outcome", models.TextField()),
                ("reason", models.TextField(default="")),
                ("mime", models.TextField(default="")),
                ("hops", models.JSONField(default=list)),
                ("size", models.BigIntegerField(default=0)),
                ("width", models.IntegerField(null=True)),
                ("height", models.IntegerField(null=True)),
                ("seconds", models.FloatField(null=True)),
                ("frames", models.IntegerField(null=True)),
                ("md5", models.BinaryField(null=True)),
                ("sha1", models.BinaryField(null=True)),
                ("sha256", models.BinaryField(null=True)),
                ("pdq", models.BinaryField(null=True)),
                ("pdq_quality", models.SmallIntegerField(null=True)),
                ("vpdq", models.JSONField(default=list)),
                ("object_id", models.UUIDField(null=True)),
                ("purged_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["house", "item_id"], name="medium_item"),
                    models.Index(fields=["house", "sha256"], name="medium_sha256"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "capture_id", "position"), name="medium_position"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["image", "video"])), name="medium_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ["ok", "refused", "failed", "undecodable"])),
                        name="medium_outcome_known",
                    ),
                ],
            },
        ),
        HouseTable("items_capture", refs=[("item_id", "items_item", "id")]),
        HouseTable("items_medium", refs=[("item_id", "items_item", "id"), ("capture_id", "items_capture", "id")]),
    ]
