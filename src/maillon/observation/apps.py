from django.apps import AppConfig


class ObservationConfig(AppConfig):
    name = "maillon.observation"
    label = "observation"
