from django.db import migrations

from maillon.outbox.houserows import Grant


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        Grant(
            "access_login",
            "access_login_groups",
            "access_login_user_permissions",
            "account_emailaddress",
            "account_emailconfirmation",
            "django_session",
        ),
        Grant("auth_group", "auth_group_permissions", "auth_permission", "django_content_type", verbs=["SELECT"]),
        Grant("django_migrations", verbs=["SELECT"]),
    ]
