import django.contrib.postgres.fields
import django.db.models.functions
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
        migrations.AddField(
            model_name="item",
            name="page",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.Cast(
                    django.db.models.functions.MD5(
                        models.Func(
                            models.Func(
                                models.F("canonical"), models.Value("#"), models.Value(1), function="split_part"
                            ),
                            models.Value("?"),
                            models.Value(1),
                            function="split_part",
                        )
                    ),
                    models.UUIDField(),
                ),
                output_field=models.UUIDField(),
            ),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["house", "site_id", "settled_at"], name="item_site"),
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(fields=["house", "page", "id"], name="item_page"),
        ),
        HideUncleared("items_item"),
        HouseTable("items_demand", refs=[("item_id", "items_item", "id")]),
    ]
