"""Letting somebody look on past a limit of today. It shows who may look, and never how much anybody did."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.access.queries import people
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotFound
from maillon.looking.queries import leaves
from maillon.looking.services import LONGEST_REASON, let_look_on
from maillon.outbox.acting import Actor
from maillon.web.guard import SignedRequest
from maillon.web.moments import read_wall
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest) -> HttpResponse:
    """Whom to let look on, until when and why; and who was today."""
    return _page(request)


def give(request: SignedRequest) -> HttpResponse:
    """Let somebody look on."""
    person, reason = request.POST.get("person", ""), request.POST.get("reason", "").strip()
    until = read_wall(brussels_day(request.at).isoformat(), request.POST.get("time", ""))
    if until is None:
        return _page(request, Refusal(_("Give a time that is still to come today.")), "time")
    if not reason:
        return _page(request, Refusal(_("Say why; oversight reads it.")), "reason")
    why = refused(
        lambda: let_look_on(person_name=person, until=until, reason=reason, by=request.actor, at=request.at), NotFound
    )
    if why:
        return _page(request, why)
    messages.success(
        request, _("%(person)s may look on until then. Your name and the reason stay on record.") % {"person": person}
    )
    return redirect("let_look_on")


def lookers(actor: Actor) -> list[str]:
    """The others in the house who may look."""
    found = [
        (row["name"], Actor(actor.house, row["name"], "", frozenset(row["roles"]))) for row in people() if row["active"]
    ]
    return [name for name, who in found if may(who, Permission.LOOK) and name != actor.name]


def _page(request: SignedRequest, why: Refusal | None = None, field: str = "") -> HttpResponse:
    today = brussels_day(request.at)
    context = {
        "lookers": lookers(request.actor),
        "leaves": leaves(first=today, last=today),
        "wrong": why,
        "field": field,
        "typed": request.POST if why else {},
        "longest": LONGEST_REASON,
    }
    return render(request, "web/looking/leave.html", context, status=422 if why else 200)
