"""The API's published description (OpenAPI 3.1), drawn from the operations themselves."""

import json
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from maillon.api.problems import MEDIA_TYPE
from maillon.api.v1 import api

ADDRESS = "api/v1"


def document() -> dict[str, Any]:
    """The description, refusals under their own media type."""
    found: dict[str, Any] = orjson.loads(json.dumps(api.get_openapi_schema(path_prefix=f"{ADDRESS}/")))
    for path in found["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    (shape,) = answer["content"].values()
                    answer["content"] = {MEDIA_TYPE: shape}
    return found


def text() -> str:
    """The description as it is served, and as it stands in docs/openapi.json."""
    return orjson.dumps(document(), option=orjson.OPT_INDENT_2).decode() + "\n"


def show(request: HttpRequest) -> HttpResponse:
    """The description, for everybody."""
    return HttpResponse(text(), content_type="application/json")
