from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "maillon.hotline.intake"
    label = "intake"

    def ready(self) -> None:
        from maillon.hotline.intake.demands import note_demands
        from maillon.items.demands import follow

        follow(note_demands)
