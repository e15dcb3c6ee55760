from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("observation", "0002_seeing"),
    ]

    operations = [
        migrations.CreateModel(
            name="KnownMatch",
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
                ("medium_id", models.UUIDField()),
                ("type", models.TextField()),
                ("distance", models.SmallIntegerField()),
                ("bank", models.TextField()),
                ("entry", models.BigIntegerField()),
                ("quality", models.SmallIntegerField(null=True)),
                ("clear", models.BooleanField()),
                ("frames", models.IntegerField(default=0)),
                ("second", models.FloatField(null=True)),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["house", "capture_id"], name="knownmatch_capture")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("house", "medium_id", "type", "bank", "entry"), name="knownmatch_once"
                    )
                ],
            },
        ),
        HouseTable(
            "observation_knownmatch",
            refs=[
                ("item_id", "items_item", "id"),
                ("capture_id", "items_capture", "id"),
                ("medium_id", "items_medium", "id"),
            ],
            verbs=["SELECT", "INSERT", "DELETE"],
        ),
    ]
