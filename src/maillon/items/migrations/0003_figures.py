from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("items", "0002_demands"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="item",
            name="item_figures",
        ),
        migrations.AddIndex(
            model_name="item",
            index=models.Index(
                fields=["house", "verdict", "reported_on"],
                include=("site_id", "country", "demands"),
                name="item_figures",
            ),
        ),
    ]
