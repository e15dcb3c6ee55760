"""Breaking the glass: taking a clearance for some minutes, for a reason that oversight reads."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.breaking import LONGEST_REASON, break_glass, mend_glass
from maillon.access.clearances import LABELS
from maillon.kernel.clock import brussels_day
from maillon.rules.table import load
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest) -> HttpResponse:
    """What can be taken, for how long, and what follows."""
    return _page(request)


def take(request: SignedRequest) -> HttpResponse:
    """Take one from now on."""
    label, reason = request.POST.get("label", ""), request.POST.get("reason", "")
    if label not in LABELS:
        return _page(request, Refusal(_("Choose a clearance.")))
    if not reason.strip():
        return _page(request, Refusal(_("Say why you must see it; oversight reads it.")))
    why = refused(lambda: break_glass(label=label, reason=reason, by=request.actor, at=request.at))
    if why:
        return _page(request, why)
    messages.warning(request, _("The glass is broken: you are shown what demands this clearance. Oversight knows."))
    return redirect("glass")


def mend(request: SignedRequest, id: UUID) -> HttpResponse:
    """Give one back."""
    mend_glass(glass=id, by=request.actor, at=request.at)
    messages.success(request, _("The clearance is given back."))
    return redirect("overview")


def _page(request: SignedRequest, why: Refusal | None = None) -> HttpResponse:
    rules = [load("break_glass").row(on=brussels_day(request.at), label=label) for label in LABELS]
    context = {
        "offered": [
            {"label": label, "means": means, "seconds": rule.number * 60, "held": label in request.actor.clearances}
            for (label, means), rule in zip(LABELS.items(), rules, strict=True)
        ],
        "rules": sorted({rule.ref for rule in rules}),
        "wrong": why,
        "typed": request.POST if why else {},
        "longest": LONGEST_REASON,
    }
    return render(request, "web/oversight/glass.html", context, status=422 if why else 200)
