from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "maillon.authority.inbox"
    label = "inbox"
