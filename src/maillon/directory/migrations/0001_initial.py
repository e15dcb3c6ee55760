from django.db import migrations, models

from maillon.outbox.houserows import Grant


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Provider",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "asn", "valid_from", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asn", models.BigIntegerField()),
                ("name", models.TextField()),
                ("country", models.TextField()),
                ("valid_from", models.DateField()),
                ("valid_until", models.DateField(null=True)),
                ("source", models.TextField()),
                ("basis", models.TextField()),
            ],
            options={
                "db_table": "directory_provider",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("asn__range", (0, 4294967295))), name="directory_provider_asn"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                        name="directory_provider_country",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("basis__in", ("read", "assumed"))),
                        name="directory_provider_basis",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None),
                            ("valid_until__gt", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="directory_provider_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="directory_provider_source"
                    ),
                ],
            },
        ),
        # A range of one number stands for the number: equality inside GiST would need an extension.
        migrations.RunSQL(
            sql="""
                ALTER TABLE directory_provider ADD CONSTRAINT directory_provider_one_at_a_time EXCLUDE USING gist
                (int8range(asn, asn, '[]') WITH &&, daterange(valid_from, valid_until) WITH &&)
            """,
            reverse_sql="ALTER TABLE directory_provider DROP CONSTRAINT directory_provider_one_at_a_time",
        ),
        Grant("directory_provider", verbs=("SELECT", "INSERT", "UPDATE")),
    ]
