"""What oversight asks, and the house's answer."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.overseen import answer_break_glass, answer_entry, asked
from maillon.access.oversight import LONGEST_WORDS
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest) -> HttpResponse:
    """What is asked and not answered yet."""
    return _page(request)


def answer(request: SignedRequest) -> HttpResponse:
    """Answer one question: of a broken glass (`glass`), or of an event (`week` and `event`)."""
    text, about = request.POST.get("answer", ""), request.POST.get("about", "")
    if not text.strip():
        return _page(request, about, Refusal(_("Write an answer; oversight reads it.")))
    kind, _sep, key = about.partition("~")
    why = refused(lambda: _answer(request, kind, key, text))
    if why:
        return _page(request, about, why)
    messages.success(request, _("Answered; oversight reads it."))
    return redirect("oversight_asks")


def _answer(request: SignedRequest, kind: str, key: str, text: str) -> None:
    by, at = request.actor, request.at
    try:
        if kind == "glass":
            answer_break_glass(glass=UUID(key), text=text, by=by, at=at)
        else:
            answer_entry(week=date.fromisoformat(kind), event_id=int(key), text=text, by=by, at=at)
    except ValueError:
        raise Http404 from None


def _page(request: SignedRequest, about: str = "", why: Refusal | None = None) -> HttpResponse:
    drawn, broken = asked()
    context = {
        "entries": [{**entry, "about": f"{entry['week']}~{entry['event_id']}"} for entry in drawn],
        "glasses": [{**glass, "about": f"glass~{glass['id']}"} for glass in broken],
        "longest": LONGEST_WORDS,
        "wrong": why,
        "about": about,
        "typed": request.POST if why else {},
    }
    return render(request, "web/oversight/asks.html", context, status=422 if why else 200)
