"""Around every address of the API: what is refused before or beside an operation is a problem document too."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from maillon.access.permissions import Permission
from maillon.api.problems import Refused, answer_to, problem

View = Callable[..., HttpResponseBase]


def entrance(view: View, permission: Permission | None, methods: tuple[str, ...] = ()) -> View:
    """The view with the permission it takes written on it (which every route declares), answering in problems alone.

    `methods`, where given, are the only ones it takes. No session counts here, so no forged request can use one.
    """

    @csrf_exempt
    @wraps(view)
    def door(request: HttpRequest, *args: Any, **key: Any) -> HttpResponseBase:
        if methods and request.method not in methods:
            return not_allowed(", ".join(methods))
        try:
            answer = view(request, *args, **key)
        except Exception as error:
            return answer_to(request, error)
        return not_allowed(answer["Allow"]) if isinstance(answer, HttpResponseNotAllowed) else answer

    setattr(door, "permission", permission)  # noqa: B010  (a function has no such attribute of its own)
    return door


def not_allowed(allowed: str) -> HttpResponse:
    return problem(Refused(405, f"This address takes {allowed} and nothing else.", headers={"Allow": allowed}))
