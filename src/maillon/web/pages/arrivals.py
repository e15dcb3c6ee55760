"""Arrivals at the authority, and taking note of them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy

from maillon.authority.inbox import services
from maillon.authority.inbox.listing import FIRST, Place, arrivals_by_urgency
from maillon.authority.inbox.states import Arrival
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.guard import SignedRequest

CHOICES: dict[str, str | Promise] = {
    "waiting": pgettext_lazy("referral", "waiting"),
    "acknowledged": pgettext_lazy("referral", "acknowledged"),
    "recalled": pgettext_lazy("referral", "called back"),
    "all": pgettext_lazy("referral", "all"),
}


def listing(request: SignedRequest) -> HttpResponse:
    """What arrived: imminent danger on top, then the gravest, then the nearest term."""
    show = request.GET.get("show", "waiting")
    if show not in CHOICES:
        raise Http404
    states = [str(state) for state in Arrival] if show == "all" else [show]
    found = arrivals_by_urgency(states=states, after=place(request.GET.get("from", "")), limit=paging.SIZE + 1)
    page = paging.shown(found, cursor)
    return render(request, "web/arrivals.html", {"page": page, "show": show, "choices": CHOICES.items()})


def cursor(row: Row) -> str:
    return f"{row['calm']}~{row['mild']}~{paging.moment_cursor(row['term'], row['id'])}"


def place(text: str) -> Place:
    """The place that `text` names. Raises Http404."""
    if not text:
        return FIRST
    calm, _sep, rest = text.partition("~")
    mild, _sep, moment = rest.partition("~")
    return Place(
        paging.read_number(calm, 1), paging.read_number(mild, 9), *paging.read_moment(moment, (FIRST.term, FIRST.id))
    )


def acknowledge(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take note of one; then back to those that wait."""
    services.acknowledge(id=id, by=request.actor, at=request.at)
    messages.success(request, gettext("Acknowledged; the sender will be told."))
    return redirect("arrivals")
