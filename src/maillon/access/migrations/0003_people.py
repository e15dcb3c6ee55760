from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0002_sign_in_grants"),
    ]

    operations = [
        migrations.CreateModel(
            name="Clearance",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house",
                        "person",
                        "label",
                        "valid_from",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("house", models.TextField()),
                ("person", models.TextField()),
                ("label", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField()),
                ("reason", models.TextField()),
                ("given_by", models.TextField()),
                ("given_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Keys",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "person", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("person", models.TextField()),
                ("keys", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "house", "id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("house", models.TextField()),
                ("id", models.UUIDField()),
                ("organisation", models.TextField()),
                ("label", models.TextField()),
                ("digest", models.BinaryField()),
                ("made_by", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("house", "digest"), name="token_digest")],
            },
        ),
        HouseTable("access_clearance", refs=[("person", "access_person", "name")]),
        HouseTable("access_token", refs=[("organisation", "access_organisation", "id")]),
        HouseTable("access_keys", refs=[("person", "access_person", "name")]),
    ]
