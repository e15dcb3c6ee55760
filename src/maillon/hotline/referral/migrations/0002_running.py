from datetime import UTC, datetime

from django.db import migrations, models
from django.db.models.functions import Least


class Migration(migrations.Migration):
    dependencies = [
        ("referral", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                models.F("house"),
                models.F("state"),
                Least("due_at", models.Value(datetime(9999, 1, 1, tzinfo=UTC))),
                models.F("id"),
                condition=models.Q(("state__in", ["undecided", "drafted", "queued", "sent"])),
                name="referral_running",
            ),
        ),
    ]
