from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("decision", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Extension",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("order_id", models.UUIDField()),
                ("item_id", models.UUIDField()),
                ("words", models.TextField()),
                ("before", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("given_by", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("document", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["house", "order_id", "given_at"], name="extension_order")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("before"))), name="extension_until"
                    )
                ],
            },
        ),
        HouseTable(
            "decision_extension",
            refs=[
                ("order_id", "decision_order", "id"),
                ("item_id", "items_item", "id"),
                ("given_by", "access_person", "name"),
            ],
            verbs=["SELECT", "INSERT"],
        ),
    ]
