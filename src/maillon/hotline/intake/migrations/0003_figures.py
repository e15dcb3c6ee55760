from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0002_people"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="report",
            name="report_figures",
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(
                fields=["house", "received_on", "channel", "outcome"], include=("demands",), name="report_figures"
            ),
        ),
    ]
