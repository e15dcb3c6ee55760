from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("items", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.TextField()),
                ("kind", models.TextField()),
                ("name", models.TextField()),
                ("country", models.TextField(default="")),
                ("desk_house", models.TextField(default="")),
                ("recipient", models.TextField(default="")),
                ("last_number", models.BigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Received",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("sender", models.TextField()),
                ("epoch", models.IntegerField()),
                ("number", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("version", models.SmallIntegerField()),
                ("received_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("partner", models.TextField()),
                ("channel", models.TextField()),
                ("item_id", models.UUIDField()),
                ("epoch", models.IntegerField()),
                ("number", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("version", models.SmallIntegerField()),
                ("about", models.UUIDField()),
                ("body", models.BinaryField()),
                ("state", models.TextField(default="queued")),
                ("issued_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("attempts", models.SmallIntegerField(default=0)),
                ("claimed_until", models.DateTimeField(null=True)),
                ("claimed_by", models.IntegerField(null=True)),
                ("claimed_since", models.DateTimeField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("error", models.TextField(default="")),
                ("cause", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "sent"), _negated=True),
                        fields=["house", "due_at"],
                        name="message_due",
                    ),
                    models.Index(
                        condition=models.Q(("state", "sent"), _negated=True),
                        fields=["house", "partner", "item_id", "number"],
                        name="message_order",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "partner", "epoch", "number"), name="message_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("sent_at__isnull", False), ("state", "sent")),
                            models.Q(models.Q(("state", "sent"), _negated=True), ("sent_at__isnull", True)),
                            _connector="OR",
                        ),
                        name="message_sent_at",
                    ),
                ],
            },
        ),
        HouseTable("partners_partner"),
        HouseTable(
            "partners_message",
            refs=[("item_id", "items_item", "id"), ("partner", "partners_partner", "id")],
            states=["queued", "sending", "sent", "stuck"],
        ),
        HouseTable("partners_received", verbs=["SELECT", "INSERT"]),
    ]
