from django.apps import AppConfig


class FlowConfig(AppConfig):
    name = "maillon.flow"
    label = "flow"

    def ready(self) -> None:
        from maillon.flow.handovers import register_all

        register_all()
