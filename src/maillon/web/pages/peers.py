"""The other installations that the house speaks with, and what became of the messages that they lost."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.kernel.errors import BadInput
from maillon.partners.exchange.keys import fingerprint
from maillon.partners.exchange.peers import LONGEST, lost_messages, peers, settle_lost
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

SHOWN = 50


def show(request: SignedRequest) -> HttpResponse:
    """Who is pinned, when each was last heard, what waits for it; the lost messages first that need a person."""
    return _page(request)


def settle(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say what became of a lost message."""
    why = request.POST.get("reason", "")
    wrong = refused(lambda: settle_lost(id=id, why=why, by=request.actor, at=request.at), BadInput)
    if wrong is not None:
        return _page(request, about=id, wrong=wrong)
    messages.success(request, _("Noted; your name and the reason stay on record."))
    return redirect("peers")


def _page(request: SignedRequest, about: UUID | None = None, wrong: Refusal | None = None) -> HttpResponse:
    context = {
        "peers": [{**row, "fingerprint": fingerprint(row["key"])} for row in peers()],
        "lost": lost_messages(settled=True, limit=SHOWN),
        "about": about,
        "wrong": wrong,
        "typed": request.POST.get("reason", "") if wrong else "",
        "longest": LONGEST,
    }
    return render(request, "web/peers.html", context, status=400 if wrong else 200)
