from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("analysis", "0003_late"),
    ]

    operations = [
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("sha256", models.BinaryField()),
                ("item_id", models.UUIDField()),
                ("assessment_id", models.UUIDField()),
                ("person", models.TextField()),
                ("scheme", models.TextField()),
                ("version", models.TextField()),
                ("code", models.TextField()),
                ("severity", models.SmallIntegerField(null=True)),
                ("confirmed_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("house", "sha256", "item_id", "person"),
                        name="confirmation_current",
                    )
                ],
            },
        ),
        HouseTable(
            "analysis_confirmation",
            refs=[("item_id", "items_item", "id"), ("assessment_id", "analysis_assessment", "id")],
        ),
    ]
