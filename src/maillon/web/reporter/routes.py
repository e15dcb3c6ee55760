"""The addresses of the public pages. The language is part of each; a receipt, a token or a text never is."""

from django.urls import URLPattern, path, register_converter
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillon.access.permissions import Permission
from maillon.languages import LANGUAGES
from maillon.web.guard import View, declared
from maillon.web.reporter import following, pages, sending


class SpokenLanguage:
    """A language in an address."""

    regex = "|".join(language.code for language in LANGUAGES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SpokenLanguage, "language")


def route(where: str, name: str, view: View, methods: tuple[str, ...], permission: Permission) -> URLPattern:
    # No cookie tells a visitor from a stranger, so there is nothing that a foreign page could misuse: forms are
    # signed instead (tokens.py).
    guarded = csrf_exempt(require_http_methods([*methods])(view))
    return path(f"report/{where}", declared(guarded, permission), name=f"report-{name}")


READ, BOTH = ("GET", "HEAD"), ("GET", "HEAD", "POST")
SUBMIT, FOLLOW = Permission.SUBMIT_REPORT, Permission.FOLLOW_REPORT

REPORTER: list[URLPattern] = [
    route("<language:language>/send/", "send", sending.send, BOTH, SUBMIT),
    route("<language:language>/review/", "review", pages.review, BOTH, SUBMIT),
    route("<language:language>/write/", "write", pages.write, BOTH, SUBMIT),
    route("<language:language>/young/", "young", pages.young, BOTH, SUBMIT),
    route("<language:language>/anonymous/", "anonymous", pages.anonymous, READ, SUBMIT),
    route("<language:language>/follow/", "follow", following.follow, BOTH, FOLLOW),
    route("<language:language>/", "start", pages.start, READ, SUBMIT),
    route("", "choose", pages.choose, READ, SUBMIT),
]
urlpatterns = REPORTER
"""The door looks here and nowhere else: what a flood would hit stands first."""
