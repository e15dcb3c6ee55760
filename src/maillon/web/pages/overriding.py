"""Changing a case by hand, always with a reason: its term, its urgency, who holds it."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.hotline.analysis import overriding
from maillon.hotline.analysis.filters import URGENCIES
from maillon.hotline.analysis.queries import latest_case
from maillon.hotline.analysis.states import Case
from maillon.items.timeline import item
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.moments import read_wall
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """The open case of this item, and what can be changed."""
    return _page(request, id, _open_case(id))


def term(request: SignedRequest, id: UUID) -> HttpResponse:
    """Another term."""
    case, due = _open_case(id), read_wall(request.POST.get("day", ""), request.POST.get("time", ""))
    if due is None or due <= request.at:
        return _page(request, id, case, "term", Refusal(_("Give a day and a time still to come, in Brussels.")))
    return _change(request, id, case, "term", lambda reason: _term(request, case, due, reason))


def urgency(request: SignedRequest, id: UUID) -> HttpResponse:
    """Another urgency."""
    case, given = _open_case(id), request.POST.get("urgency", "")
    if given not in map(str, URGENCIES):
        raise Http404
    by, at = request.actor, request.at
    return _change(
        request,
        id,
        case,
        "urgency",
        lambda reason: overriding.override_urgency(case_id=case["id"], urgency=int(given), reason=reason, by=by, at=at),
    )


def claim(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take the case back from whoever holds it."""
    case, by, at = _open_case(id), request.actor, request.at
    return _change(
        request,
        id,
        case,
        "claim",
        lambda reason: overriding.take_claim_back(case_id=case["id"], reason=reason, by=by, at=at),
    )


def _term(request: SignedRequest, case: Row, due: datetime, reason: str) -> None:
    overriding.override_term(case_id=case["id"], due_at=due, reason=reason, by=request.actor, at=request.at)


def _change(request: SignedRequest, id: UUID, case: Row, what: str, service: Callable[[str], None]) -> HttpResponse:
    """Do it and go back to the load; or say why not, beside what was typed."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _page(request, id, case, what, Refusal(_("Give a reason; it is kept with the change.")))
    why = refused(lambda: service(reason))
    if why:
        return _page(request, id, case, what, why)
    messages.success(request, _("Changed; your name and the reason stay on record."))
    return redirect("load")


def _open_case(id: UUID) -> Row:
    case = latest_case(item_id=id)
    if case is None or case["state"] == Case.SETTLED:
        raise Http404
    return case


def _page(request: SignedRequest, id: UUID, case: Row, what: str = "", why: Refusal | None = None) -> HttpResponse:
    found = item(id=id)
    if found is None:
        raise Http404
    held = case["claimed_until"] is not None and case["claimed_until"] > request.at
    context = {
        "item": found,
        "case": case,
        "held": held,
        "urgencies": URGENCIES,
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
        "longest": overriding.LONGEST_REASON,
    }
    return render(request, "web/override.html", context, status=422 if why else 200)
