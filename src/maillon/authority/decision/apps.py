from django.apps import AppConfig


class DecisionConfig(AppConfig):
    name = "maillon.authority.decision"
    label = "decision"
