from importlib import import_module

from django.apps import AppConfig

from maillon.outbox.registry import fill_with


class FlowConfig(AppConfig):
    name = "maillon.flow"
    label = "flow"

    def ready(self) -> None:
        fill_with(lambda: import_module("maillon.flow.handovers").register_all())
