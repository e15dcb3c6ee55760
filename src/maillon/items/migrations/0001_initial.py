from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("key", models.BinaryField()),
                ("kind", models.TextField()),
                ("site_id", models.UUIDField()),
                ("url", models.TextField()),
                ("canonical", models.TextField()),
                ("state", models.TextField(default="open")),
                ("verdict", models.TextField(default="")),
                ("settled_at", models.DateTimeField(null=True)),
                ("country", models.TextField(default="")),
                ("located_at", models.DateTimeField(null=True)),
                ("first_located_at", models.DateTimeField(null=True)),
                ("former", models.BooleanField(default=False)),
                ("reported_at", models.DateTimeField(null=True)),
                ("reported_on", models.DateField(null=True)),
                ("made_at", models.DateTimeField()),
                ("origin", models.TextField(default="")),
                ("origin_ref", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["house", "verdict", "reported_on"], include=("site_id", "country"), name="item_figures"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "key"), name="item_key"),
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["", "illegal", "not_illegal"])),
                        name="item_verdict_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("settled_at__isnull", True), ("verdict", "")),
                            models.Q(models.Q(("verdict", ""), _negated=True), ("settled_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_verdict_dated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("country", ""), ("located_at__isnull", True)),
                            models.Q(models.Q(("country", ""), _negated=True), ("located_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="item_country_dated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("kind", models.TextField()),
                ("name", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("house", "kind", "name"), name="site_name")],
            },
        ),
        HouseTable("items_site"),
        HouseTable(
            "items_item",
            refs=[("site_id", "items_site", "id")],
            states=["open", "illegal", "not_illegal", "offline"],
        ),
    ]
