import django.contrib.postgres.fields
from django.db import migrations, models

from maillon.outbox.houserows import HideUncleared, HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="item",
            name="demands",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        migrations.CreateModel(
            name="Demand",
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
                ("label", models.TextField()),
                ("reason", models.TextField()),
                ("demanded_by", models.TextField()),
                ("demanded_at", models.DateTimeField()),
                ("lifted_by", models.TextField(default="")),
                ("lifted_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("lifted_at__isnull", True)),
                        fields=("house", "item_id", "label"),
                        name="demand_current",
                    )
                ],
            },
        ),
        HideUncleared("items_item"),
        HouseTable("items_demand", refs=[("item_id", "items_item", "id")]),
    ]
