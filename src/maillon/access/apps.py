from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "maillon.access"
    label = "access"

    def ready(self) -> None:
        """After every migration the walls of that database are those of the code."""
        post_migrate.connect(draw_walls, sender=self)


def draw_walls(*, using: str, **signal: Any) -> None:
    from maillon.access.drawing import draw

    draw(using)
