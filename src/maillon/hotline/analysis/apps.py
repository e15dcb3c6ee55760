from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    name = "maillon.hotline.analysis"
    label = "analysis"
