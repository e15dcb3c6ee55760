import django.contrib.postgres.fields
from django.db import migrations, models

from maillon.outbox.houserows import HouseTable


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("partners", "0001_initial"),
        ("analysis", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Referral",
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
                ("case_id", models.UUIDField()),
                ("round", models.SmallIntegerField()),
                ("purpose", models.TextField()),
                ("partner", models.TextField(null=True)),
                ("partner_kind", models.TextField(default="")),
                ("channel", models.TextField(default="")),
                ("state", models.TextField()),
                ("reason", models.TextField(default="")),
                ("country", models.TextField(default="")),
                ("provider_country", models.TextField(default="")),
                ("scheme", models.TextField()),
                ("version", models.TextField()),
                ("code", models.TextField()),
                ("outcome", models.TextField()),
                ("severity", models.SmallIntegerField(null=True)),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("rule", models.TextField()),
                ("reported_at", models.DateTimeField(null=True)),
                ("drafted_at", models.DateTimeField()),
                ("send_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(null=True)),
                ("due_rule", models.TextField(default="")),
                ("escalate_at", models.DateTimeField(null=True)),
                ("steps", models.SmallIntegerField(default=0)),
                ("message_id", models.UUIDField(null=True)),
                ("sent_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True)),
                ("recalls", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "drafted")),
                        fields=["house", "send_at"],
                        name="referral_send",
                    ),
                    models.Index(
                        condition=models.Q(("escalate_at__isnull", False)),
                        fields=["house", "escalate_at"],
                        name="referral_escalate",
                    ),
                    models.Index(fields=["house", "item_id"], name="referral_item"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("partner__isnull", False),
                            ("state__in", ["undecided", "decided", "withdrawn"]),
                            _connector="OR",
                        ),
                        name="referral_has_partner",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("partner_kind__in", ["federal_police", "local_police"]), _negated=True),
                            models.Q(("severity__isnull", False), ("severity__range", (1, 5))),
                            _connector="OR",
                        ),
                        name="referral_police_severity",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "acknowledged"), _negated=True),
                            ("acknowledged_at__isnull", False),
                            _connector="OR",
                        ),
                        name="referral_acknowledged_at",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sent"), _negated=True),
                            ("sent_at__isnull", False),
                            _connector="OR",
                        ),
                        name="referral_sent_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("recalls__isnull", True),
                            ("state__in", ["drafted", "queued", "sent", "acknowledged"]),
                        ),
                        fields=("house", "item_id", "round", "partner", "purpose"),
                        name="referral_one_standing",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "undecided")),
                        fields=("house", "item_id"),
                        name="referral_one_undecided",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("recalls__isnull", False), models.Q(("state__in", ["undone", "withdrawn"]), _negated=True)
                        ),
                        fields=("house", "recalls"),
                        name="referral_recalled_once",
                    ),
                ],
            },
        ),
        HouseTable(
            "referral_referral",
            refs=[
                ("item_id", "items_item", "id"),
                ("case_id", "analysis_case", "id"),
                ("partner", "partners_partner", "id"),
                ("recalls", "referral_referral", "id"),
            ],
            states=[
                "undecided",
                "decided",
                "drafted",
                "queued",
                "sent",
                "acknowledged",
                "undone",
                "withdrawn",
                "recalled",
            ],
        ),
    ]
