"""The addresses of the API, under /api/; every one declares its permission."""

from django.urls import URLPattern, path

from maillon.api.document import show
from maillon.api.door import declared_by, entrance
from maillon.api.exchange import ROUTES as EXCHANGE
from maillon.api.v1 import api, nothing

OPERATIONS = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern) and pattern.name != "api-root"]

urlpatterns = [
    *(
        path(
            f"v1/{pattern.pattern}",
            entrance(pattern.callback, declared_by(api, str(pattern.name))),
            name=f"api-{pattern.name}",
        )
        for pattern in OPERATIONS
    ),
    *EXCHANGE,
    path("v1/openapi.json", entrance(show, None, ("GET", "HEAD")), name="api-document"),
    path("<path:rest>", entrance(nothing, None), name="api-nothing"),
    path("", entrance(nothing, None)),
]
