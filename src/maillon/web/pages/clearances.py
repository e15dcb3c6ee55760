"""Who holds which clearance, until when; giving and ending them, each for a reason."""

from datetime import date, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.clearances import LABELS, end_clearance, give_clearance
from maillon.access.queries import clearances, people
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed, NotFound
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

USUAL = timedelta(days=180)
"""How long the form proposes."""


def show(request: SignedRequest) -> HttpResponse:
    """Those held today or later."""
    return _page(request)


def give(request: SignedRequest) -> HttpResponse:
    """Give one, from a day until another."""
    post = request.POST
    start, until = _day(post.get("start", "")), _day(post.get("until", ""))
    if start is None or until is None or until <= start:
        return _page(request, "give", Refusal(_("Give two days, the second after the first.")))
    why = _why(request) or refused(
        lambda: give_clearance(
            person=post.get("person", ""), label=post.get("label", ""), valid_from=start, valid_until=until,
            reason=post.get("reason", ""), by=request.actor, at=request.at,
        ),
        NotAllowed, NotFound,
    )  # fmt: skip
    return _page(request, "give", why) if why else _done(request)


def end(request: SignedRequest) -> HttpResponse:
    """End one at once."""
    person, _sep, label = request.POST.get("held", "").rpartition("~")
    why = _why(request) or refused(
        lambda: end_clearance(
            person=person, label=label, reason=request.POST.get("reason", ""), by=request.actor, at=request.at
        ),
        NotFound,
    )
    return _page(request, "end", why) if why else _done(request)


def _why(request: SignedRequest) -> Refusal | None:
    return None if request.POST.get("reason", "").strip() else Refusal(_("Give a reason; it is kept with the change."))


def _done(request: SignedRequest) -> HttpResponse:
    messages.success(request, _("Changed; your name and the reason stay on record."))
    return redirect("clearances")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _page(request: SignedRequest, what: str = "", why: Refusal | None = None) -> HttpResponse:
    today = brussels_day(request.at)
    context = {
        "held": clearances(on=today),
        "people": [row["name"] for row in people() if row["active"] and row["name"] != request.actor.name],
        "labels": LABELS,
        "start": today.isoformat(),
        "until": (today + USUAL).isoformat(),
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
        "longest": 500,
    }
    return render(request, "web/clearances.html", context, status=422 if why else 200)
