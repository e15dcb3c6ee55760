"""The door of the public pages: past it stands no session, no cookie, no sign-in and no message.

A middleware, so that a reporter's request passes nothing else. It also costs less: of the site's other middlewares
each reads a header or looks for a cookie.
"""

from django.conf import settings
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponsePermanentRedirect
from django.urls import Resolver404, resolve

from maillon.web.headers import Answer
from maillon.web.reporter import refusals

HERE = "/report"
ROUTES = "maillon.web.reporter.routes"
MOST = 256 * 1024  # bytes of one form: everything that fits into its fields, written in any script
FORM = "application/x-www-form-urlencoded"


def door(get_response: Answer) -> Answer:
    """Middleware: answers what lies under /report/ itself, and hands everything else on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if request.path_info == HERE:
            return HttpResponsePermanentRedirect(f"{HERE}/")
        return whole(answer(request)) if request.path_info.startswith(f"{HERE}/") else get_response(request)

    return middleware


def whole(response: HttpResponseBase) -> HttpResponseBase:
    """The answer with its length, as Django's CommonMiddleware says it; without, it goes out in chunks."""
    if isinstance(response, HttpResponse):
        response["Content-Length"] = str(len(response.content))
    return response


def answer(request: HttpRequest) -> HttpResponseBase:
    """The page at this address. Forms that are too large, or hold files, are refused unread."""
    refused = refusal(request)
    if refused is not None:
        return refused
    try:
        match = resolve(request.path_info, ROUTES)
    except Resolver404:
        return refusals.nothing_here(request)
    if "hotline" not in settings.MAILLON.houses:
        return refusals.nothing_here(request)
    request.resolver_match = match
    response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
    return response


def refusal(request: HttpRequest) -> HttpResponse | None:
    """What is answered to a request that no page can use. Django's own answer would set a cookie."""
    try:
        request.get_host()  # refuses a name that is none of ours
        if request.method == "POST":
            if _length(request) > MOST:
                return refusals.too_large(request)
            if request.content_type != FORM:
                return refusals.no_files(request)
            request.POST  # noqa: B018  (read here, once; what cannot be read raises)
    except (BadRequest, SuspiciousOperation):
        return refusals.unreadable(request)
    return None


def _length(request: HttpRequest) -> int:
    given = request.META.get("CONTENT_LENGTH") or "0"
    return int(given) if given.isascii() and given.isdigit() else MOST + 1
