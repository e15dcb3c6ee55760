"""The pages before anything is sent: help, the path for minors, what anonymous means, the form, the review."""

import secrets
from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation.trans_real import parse_accept_lang_header

from maillon.hotline.intake.policy import LONGEST
from maillon.items.addresses import Location, find
from maillon.languages import LANGUAGES
from maillon.web.reporter import texts
from maillon.web.reporter.form import BLANK, FIELDS, Written, sent
from maillon.web.reporter.showing import CLOCK, page
from maillon.web.reporter.tokens import Token, new_token, read_token, renewed

CODES = tuple(language.code for language in LANGUAGES)


def choose(request: HttpRequest) -> HttpResponse:
    """The first page in the language that the browser asks for; that choice is kept nowhere."""
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    known = (code.partition("-")[0] for code, _weight in asked)
    return HttpResponseRedirect(at("start", next((code for code in known if code in CODES), CODES[0])))


def start(request: HttpRequest, language: str) -> HttpResponse:
    """Help first, then the ways on."""
    return page("start", language, {"here": "start"})


def anonymous(request: HttpRequest, language: str) -> HttpResponse:
    """What anonymous and confidential mean here, and what nobody here can protect against."""
    return page("anonymous", language, {"here": "anonymous"})


def write(request: HttpRequest, language: str) -> HttpResponse:
    """The form: empty, or with what was written so far."""
    return form_page(language, sent(request) if request.method == "POST" else BLANK)


def young(request: HttpRequest, language: str) -> HttpResponse:
    """The page for minors, with a shorter form."""
    return form_page(language, sent(request) if request.method == "POST" else BLANK, is_young=True)


def review(request: HttpRequest, language: str) -> HttpResponse:
    """What would be sent, and what in it may say who wrote it."""
    if request.method != "POST":
        return HttpResponseRedirect(at("write", language))
    return review_page(language, sent(request), reviewed="reviewed" in request.POST)


def form_page(language: str, written: Written, *, is_young: bool = False) -> HttpResponse:
    """The form with `written` in it, and a sentence at each field that cannot be taken."""
    is_young = is_young or written.young
    problems = written.problems() if written is not BLANK else {}
    context = {
        "here": "young" if is_young else "write",
        "written": written,
        "limits": {name: LONGEST[FIELDS[name]] for name in FIELDS},
        "problems": {name: texts.PROBLEMS[why] for name, why in problems.items()},
    }
    return page("young" if is_young else "write", language, context, status=422 if problems else 200)


def review_page(
    language: str, written: Written, *, reviewed: bool = False, notice: str = "", status: int = 200
) -> HttpResponse:
    """The review. Where the form was `reviewed` before, what was ticked then stays; else every finding is ticked."""
    if written.problems():
        return form_page(language, written)
    marks = [
        Mark(
            name,
            found.text,
            texts.finding(found.kind),
            name in written.omit if reviewed else found.kind not in texts.STAYS,
        )
        for name, found in written.found()
    ]
    context: dict[str, Any] = {
        "here": "review",
        "written": written,
        "token": current(written.token).text,
        "places": places(written.locations),
        "marks": marks,
        "stated": [texts.STATED[word] for word in written.stated],
        "notice": texts.NOTICES.get(notice, ""),
    }
    return page("review", language, context, status=status)


class Mark(NamedTuple):
    """One finding on the review page."""

    name: str
    text: str
    why: str | Promise
    ticked: bool


class Place(NamedTuple):
    """A line of the field for locations; `known` where it was recognised as an address."""

    text: str
    known: bool


def places(text: str) -> list[Place]:
    """What the field for locations holds: the addresses that were recognised, and the lines that hold none."""
    found: list[Place] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        known = [Place(defanged(location), True) for location in find(line).locations]
        found += known or [Place(line, False)]
    return list(dict.fromkeys(found))


def defanged(location: Location) -> str:
    """An address that no program takes for a link."""
    shown = location.canonical.replace(location.site, location.site.replace(".", "[.]"), 1)
    return f"hxxp{shown[4:]}" if shown.startswith("http") else shown


def current(text: str) -> Token:
    """A token that is good now: the one brought along, the same form's with another day to go, or a new one."""
    now = CLOCK.now().timestamp()
    brought = read_token(text)
    if brought is None:
        return new_token(secrets.token_bytes, now)
    return brought if brought.fresh(now) else renewed(brought, now)


def at(name: str, language: str) -> str:
    """The address of a public page."""
    return reverse(f"report-{name}", kwargs={"language": language})
