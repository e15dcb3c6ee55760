"""Around every address of the API: what is refused before or beside an operation is a problem document too."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI

from maillon.access.permissions import NothingDeclared, Permission
from maillon.api.problems import Refused, answer_to, problem

View = Callable[..., HttpResponseBase]
Operation = TypeVar("Operation", bound=Callable[..., object])


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


def takes(permission: Permission) -> Callable[[Operation], Operation]:
    """Declare the permission that an operation takes."""

    def declare(operation: Operation) -> Operation:
        setattr(operation, "permission", permission)  # noqa: B010  (a function has no such attribute of its own)
        return operation

    return declare


def declared_by(api: NinjaAPI, name: str) -> Permission:
    """The permission of the operation at the address `name`. Raises NothingDeclared."""
    for view in api.default_router.path_operations.values():
        for operation in view.operations:
            if api.get_operation_url_name(operation, router=api.default_router) == name:
                found = getattr(operation.view_func, "permission", None)
                if isinstance(found, Permission):
                    return found
    raise NothingDeclared(f"The API's operation {name} declares no permission; write @takes(...) above its function.")


def not_allowed(allowed: str) -> HttpResponse:
    return problem(Refused(405, f"This address takes {allowed} and nothing else.", headers={"Allow": allowed}))
