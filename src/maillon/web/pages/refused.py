"""A referral that its partner refused: why, and saying what becomes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.hotline.referral.queries import referral
from maillon.hotline.referral.refusals import LONGEST_REASON, WAYS, has_the_police, settle_refused
from maillon.hotline.referral.states import Referral
from maillon.items.timeline import item
from maillon.kernel.errors import NotFound
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """The refused referral, its partner's reason, and the form."""
    return _page(request, _refused(id))


def settle(request: SignedRequest, id: UUID) -> HttpResponse:
    """To the federal police instead, or closed; then to what else was refused."""
    row, how, reason = _refused(id), request.POST.get("how", ""), request.POST.get("reason", "")
    if how not in WAYS:
        return _page(request, row, Refusal(_("Choose what becomes of it.")))
    if not reason.strip():
        return _page(request, row, Refusal(_("Give a reason; it is kept with the change.")))
    why = refused(
        lambda: settle_refused(referral_id=id, how=how, reason=reason, by=request.actor, at=request.at), NotFound
    )
    if why:
        return _page(request, row, why)
    messages.success(request, _("Changed; your name and the reason stay on record."))
    return redirect("item", row["item_id"])


def _refused(id: UUID) -> Row:
    row = referral(id=id)
    if row is None or row["state"] != Referral.REFUSED:
        raise Http404
    return row


def _page(request: SignedRequest, row: Row, why: Refusal | None = None) -> HttpResponse:
    found = item(id=row["item_id"])
    if found is None:
        raise Http404
    instead = not row["recalls"] and row["outcome"] == "illegal" and not has_the_police(row)
    context = {
        "item": found,
        "row": row,
        "ways": WAYS if instead else ("closed",),
        "wrong": why,
        "typed": request.POST if why else {},
        "longest": LONGEST_REASON,
    }
    return render(request, "web/refused.html", context, status=422 if why else 200)
