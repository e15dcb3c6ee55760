from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("outbox", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Purge",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("began_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Tombstone",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("about", models.UUIDField()),
                ("kind", models.TextField()),
                ("kept_at", models.DateTimeField()),
                ("purged_at", models.DateTimeField()),
                ("purge_id", models.UUIDField()),
                ("rule", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("about", models.UUIDField()),
                ("reason", models.TextField()),
                ("held_by", models.TextField()),
                ("held_at", models.DateTimeField()),
                ("review_on", models.DateField()),
                ("ended_by", models.TextField(default="")),
                ("ended_reason", models.TextField(default="")),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("house", "about"),
                        name="legalhold_current",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Object",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("name", models.TextField()),
                ("content", models.TextField()),
                ("about", models.UUIDField()),
                ("kind", models.TextField()),
                ("size", models.BigIntegerField()),
                ("sealed_size", models.BigIntegerField()),
                ("digest", models.BinaryField()),
                ("kept_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("rule", models.JSONField()),
                ("purge_id", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["house", "about"], name="object_about"),
                    models.Index(fields=["house", "content"], name="object_content"),
                    models.Index(fields=["house", "expires_at"], name="object_expiring"),
                    models.Index(
                        condition=models.Q(("purge_id__isnull", False)),
                        fields=["house", "purge_id"],
                        name="object_taken",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("house", "name"), name="object_name")],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
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
                ("key", models.TextField()),
                ("added_by", models.TextField()),
                ("added_at", models.DateTimeField()),
                ("retired_by", models.TextField(default="")),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("house", "key"), name="recipient_key"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["hotline", "police", "prosecutor"])),
                        name="recipient_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wrap",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("object_id", models.UUIDField()),
                ("recipient_id", models.UUIDField()),
                ("wrapped", models.BinaryField()),
                ("wrapped_at", models.DateTimeField()),
                ("due_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("due_at__isnull", False)), fields=["house", "due_at"], name="wrap_due"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("house", "object_id", "recipient_id"), name="wrap_once")
                ],
            },
        ),
        HouseTable("evidence_recipient"),
        HouseTable("evidence_purge"),
        HouseTable(
            "evidence_object",
            refs=[("purge_id", "evidence_purge", "id")],
            verbs=["SELECT", "INSERT", "UPDATE", "DELETE"],
        ),
        HouseTable(
            "evidence_wrap",
            refs=[("object_id", "evidence_object", "id"), ("recipient_id", "evidence_recipient", "id")],
            verbs=["SELECT", "INSERT", "UPDATE", "DELETE"],
        ),
        HouseTable("evidence_legalhold"),
        HouseTable("evidence_tombstone", refs=[("purge_id", "evidence_purge", "id")], verbs=["SELECT", "INSERT"]),
    ]
