from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0005_captures"),
    ]

    operations = [
        migrations.CreateModel(
            name="LeaveToLook",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("person", models.TextField()),
                ("given_by", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("reason", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["house", "person", "until"], name="leavetolook_person")],
            },
        ),
        migrations.CreateModel(
            name="Reveal",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("person", models.TextField()),
                ("item_id", models.UUIDField()),
                ("capture_id", models.UUIDField()),
                ("medium_id", models.UUIDField(null=True)),
                ("kind", models.TextField()),
                ("step", models.SmallIntegerField()),
                ("severity", models.SmallIntegerField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("seconds", models.IntegerField(default=0)),
                ("seen_at", models.DateTimeField(null=True)),
                ("passed", models.TextField(default="")),
            ],
            options={
                "indexes": [
                    models.Index(fields=["house", "person", "opened_at"], name="reveal_person"),
                    models.Index(fields=["house", "item_id", "opened_at"], name="reveal_item"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["image", "video", "text"])), name="reveal_kind_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("passed__in", ["", "let_on", "imminent_danger"])),
                        name="reveal_passed_known",
                    ),
                ],
            },
        ),
        HouseTable(
            "looking_reveal",
            refs=[
                ("item_id", "items_item", "id"),
                ("capture_id", "items_capture", "id"),
                ("medium_id", "items_medium", "id"),
            ],
        ),
        HouseTable("looking_leavetolook", verbs=["SELECT", "INSERT"]),
    ]
