"""The clearances that one item demands: demanded and lifted by who holds them, each for a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.items import demands
from maillon.items.timeline import item
from maillon.kernel.errors import NotAllowed, NotFound
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

LONGEST = 500


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """What this item demands, since when and why."""
    return _page(request, id)


def demand(request: SignedRequest, id: UUID) -> HttpResponse:
    """From now on the item is shown to the cleared only."""
    return _change(request, id, "demand", demands.demand_clearance)


def lift(request: SignedRequest, id: UUID) -> HttpResponse:
    """The item demands this clearance no more."""
    return _change(request, id, "lift", demands.lift_demand)


def _change(request: SignedRequest, id: UUID, what: str, service: demands.Change) -> HttpResponse:
    label, reason = request.POST.get("label", ""), request.POST.get("reason", "").strip()
    if not reason:
        return _page(request, id, what, Refusal(_("Give a reason; it is kept with the change.")))
    why = refused(
        lambda: service(item_id=id, label=label, reason=reason[:LONGEST], by=request.actor, at=request.at),
        NotAllowed,
        NotFound,
    )
    if why:
        return _page(request, id, what, why)
    messages.success(request, _("Changed; your name and the reason stay on record."))
    return redirect("demands", id=id)


def _page(request: SignedRequest, id: UUID, what: str = "", why: Refusal | None = None) -> HttpResponse:
    found = item(id=id)
    if found is None:
        raise Http404
    demanded = demands.demands(item_id=id)
    context = {
        "item": found,
        "demanded": demanded,
        "others": sorted(request.actor.clearances - {row["label"] for row in demanded}),
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
        "longest": LONGEST,
    }
    return render(request, "web/demands.html", context, status=422 if why else 200)
