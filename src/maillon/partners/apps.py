from django.apps import AppConfig


class PartnersConfig(AppConfig):
    name = "maillon.partners"
    label = "partners"
