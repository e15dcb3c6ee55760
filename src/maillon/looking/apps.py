from django.apps import AppConfig


class LookingConfig(AppConfig):
    name = "maillon.looking"
    label = "looking"
