"""System checks of the site: no address without a declared permission."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import Error, Tags, register
from django.urls import get_resolver

from maillon.access.routes import routes


@register(Tags.urls)
def every_route_declares_its_permission(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[Error]:
    """An Error for each address whose view declares neither a permission nor that it is open to all."""
    return [
        Error(
            f"The address /{address} declares no permission.",
            hint="Add it to PAGES in maillon/web/urls.py, or wrap its view in open_to_all, or in the API's entrance.",
            id="web.E001",
        )
        for address, pattern in routes(get_resolver())
        if not hasattr(pattern.callback, "permission")
    ]
