from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "maillon.hotline.intake"
    label = "intake"
