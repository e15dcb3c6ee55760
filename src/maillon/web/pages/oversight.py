"""Oversight's pages: broken glass, each week's sample, and what was found. No address and no contact stands on them."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillon.access.lots import stands
from maillon.access.overseen import entries, glasses, sample, samples
from maillon.access.oversight import FINDINGS, LONGEST_WORDS, QUESTION, review_break_glass, review_entry, sign_off
from maillon.flow.reviewed import REVIEWED
from maillon.kernel.errors import NotAllowed
from maillon.web.guard import SignedRequest
from maillon.web.paging import read_number
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

EVENT = 2**63 - 1
SHOWN = 20
"""Reviewed glasses that stand on the page."""


def show(request: SignedRequest) -> HttpResponse:
    """Every broken glass that waits, and the weeks."""
    return _page(request)


def glass(request: SignedRequest, id: UUID) -> HttpResponse:
    """What was found of a broken glass."""
    finding, words = _said(request)
    why = _lacking(finding, words, needed=True) or refused(
        lambda: review_break_glass(glass=id, finding=finding, words=words, by=request.actor, at=request.at), NotAllowed
    )
    if why:
        return _page(request, str(id), why)
    messages.success(request, _("Noted."))
    return redirect("oversight")


def week(request: SignedRequest, week: str) -> HttpResponse:
    """One week's sample, event by event."""
    return _week(request, _monday(week))


def review(request: SignedRequest, week: str) -> HttpResponse:
    """What was found of one event; then to it."""
    monday, event = _monday(week), read_number(request.POST.get("event", ""), EVENT)
    finding, words = _said(request)
    why = _lacking(finding, words, needed=finding == QUESTION) or refused(
        lambda: review_entry(
            week=monday, event_id=event, finding=finding, words=words, by=request.actor, at=request.at
        ),
        NotAllowed,
    )
    if why:
        return _week(request, monday, str(event), why)
    return redirect(f"{reverse('oversight_week', args=[week])}#event-{event}")


def sign(request: SignedRequest, week: str) -> HttpResponse:
    """Sign the week off."""
    monday, words = _monday(week), request.POST.get("words", "")
    why = refused(lambda: sign_off(week=monday, words=words, by=request.actor, at=request.at))
    if why:
        return _week(request, monday, "sign", why)
    messages.success(request, _("Signed off; nothing of this week changes any more."))
    return redirect("oversight")


def _said(request: SignedRequest) -> tuple[str, str]:
    return request.POST.get("finding", ""), request.POST.get("words", "")


def _lacking(finding: str, words: str, *, needed: bool) -> Refusal | None:
    if finding not in FINDINGS:
        return Refusal(_("Say whether it is in order, or a question."))
    return Refusal(_("Say in words what you found.")) if needed and not words.strip() else None


def _monday(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None


def _page(request: SignedRequest, about: str = "", why: Refusal | None = None) -> HttpResponse:
    context = {
        "open": glasses(reviewed=False),
        "done": glasses(reviewed=True, limit=SHOWN),
        "samples": samples(),
        **_form(request, about, why),
    }
    return render(request, "web/oversight/overview.html", context, status=422 if why else 200)


def _week(request: SignedRequest, monday: date, about: str = "", why: Refusal | None = None) -> HttpResponse:
    found = sample(week=monday)
    if found is None:
        raise Http404
    context = {
        "sample": found,
        "seed": bytes(found["seed"]).hex(),
        "entries": entries(week=monday),
        "same": stands(week=monday, kinds=REVIEWED),
        **_form(request, about, why),
    }
    return render(request, "web/oversight/week.html", context, status=422 if why else 200)


def _form(request: SignedRequest, about: str, why: Refusal | None) -> dict[str, object]:
    """What the forms share; `about` names the one that something is wrong with."""
    typed = request.POST if why else {}
    return {"findings": FINDINGS, "longest": LONGEST_WORDS, "wrong": why, "about": about, "typed": typed}
