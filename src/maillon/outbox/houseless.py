"""Tables whose rows belong to no house, and why. Every other table is closed by row security."""

HOUSELESS = {
    "access_login": "sign-in: a name and a password, before anybody acts in a house",
    "access_login_groups": "sign-in (made by Django's user model, unused)",
    "access_login_user_permissions": "sign-in (made by Django's user model, unused)",
    "account_emailaddress": "sign-in (django-allauth)",
    "account_emailconfirmation": "sign-in (django-allauth)",
    "auth_group": "sign-in (Django, unused: permissions are the matrix in access/permissions.py)",
    "auth_group_permissions": "sign-in (Django, unused)",
    "auth_permission": "sign-in (Django, unused)",
    "directory_provider": "reference data: where providers are established",
    "django_content_type": "Django's own list of models",
    "django_migrations": "Django's own list of migrations",
    "django_session": "sign-in sessions",
    "mfa_authenticator": "sign-in: the second step of an account, its secrets encrypted (django-allauth)",
    "outbox_installation": "one row about the installation itself: its epoch, and whether it is the demo world",
}
