"""The site's addresses, and some that always fail: the pages of errors are pages too."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from maillon import urls
from maillon.access.permissions import Permission
from maillon.kernel.errors import MaillonError
from maillon.web.guard import Page, SignedRequest, open_to_all


def fail(request: HttpRequest, status: int) -> HttpResponse:
    """Fail as Django does with this status."""
    if status == 429:
        return render(request, "429.html", status=status)
    raise {400: SuspiciousOperation, 403: PermissionDenied, 500: RuntimeError}[status]


def refuse(request: SignedRequest) -> HttpResponse:
    """Fail as a service does that refuses a step."""
    raise MaillonError("This is a refusal, in a sentence of its own.")


REFUSING = Page(path="refused/", view=refuse, name="refused", permission=Permission.SEE_PAGES)
FAILURES = {"/nothing/": 404, "/refused/": 409, **{f"/fail/{status}/": status for status in (400, 403, 429, 500)}}
"""Where each error is seen, and its status."""

urlpatterns = [*urls.urlpatterns, REFUSING.route(), path("fail/<int:status>/", open_to_all(fail))]
