from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    name = "maillon.evidence"
    label = "evidence"
