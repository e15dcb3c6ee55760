from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "maillon.web"
    label = "web"

    def ready(self) -> None:
        from maillon.languages.catalogues import compile_stale
        from maillon.web import checks  # noqa: F401  (registers itself)

        compile_stale()
