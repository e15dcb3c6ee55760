"""What the public pages do not take, each said on a page in the reporter's language."""

from django.http import HttpRequest, HttpResponse

from maillon.languages import LANGUAGES
from maillon.web.reporter.showing import page


def nothing_here(request: HttpRequest) -> HttpResponse:
    """There is no page at this address."""
    return page("refused", language_of(request), {"why": "nothing"}, status=404)


def too_large(request: HttpRequest) -> HttpResponse:
    """More than the form's fields can hold."""
    return page("refused", language_of(request), {"why": "large"}, status=413)


def no_files(request: HttpRequest) -> HttpResponse:
    """Something that is not the form as these pages send it, such as a file."""
    return page("refused", language_of(request), {"why": "files"}, status=415)


def unreadable(request: HttpRequest) -> HttpResponse:
    """A request that follows no rule of the web, or asks for another site."""
    return page("refused", language_of(request), {"why": "unreadable"}, status=400)


def language_of(request: HttpRequest) -> str:
    """The language that the address names; the default where it names none."""
    named = request.path_info.split("/")[2]
    return named if any(named == language.code for language in LANGUAGES) else LANGUAGES[0].code
