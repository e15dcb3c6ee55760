from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "maillon.outbox"
    label = "outbox"
