from django.apps import AppConfig


class ItemsConfig(AppConfig):
    name = "maillon.items"
    label = "items"
