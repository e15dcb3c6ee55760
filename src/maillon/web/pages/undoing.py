"""The decision just made: what it was, and taking it back within the grace."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from maillon.hotline.analysis.queries import latest_case, said
from maillon.hotline.analysis.undoing import undo_opinion
from maillon.items.timeline import item
from maillon.rules.terms import grace
from maillon.web import wanted
from maillon.web.guard import SignedRequest


def decided_part(request: SignedRequest) -> dict[str, Any]:
    """`decided`: what the address says was just decided here, while it can still be taken back; else None."""
    return {"decided": _decided(request)}


def _decided(request: SignedRequest) -> dict[str, Any] | None:
    text = request.GET.get("decided", "")
    if not text:
        return None
    try:
        id = UUID(text)
    except ValueError:
        raise Http404 from None
    found, case = item(id=id), latest_case(item_id=id)
    mine = [row for row in said(item_id=id, person=request.actor.name, report_id=None) if row["replaced_at"] is None]
    if found is None or case is None or not mine:
        return None
    left = (mine[-1]["assessed_at"] + grace(mine[-1]["assessed_at"]) - request.at).total_seconds()
    return {**mine[-1], "item": id, "site": found["site"], "state": case["state"], "left": max(0, int(left))}


def undo(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take one's own decision back; then to its item, which is one's own again."""
    undo_opinion(item_id=id, by=request.actor, at=request.at)
    messages.success(request, _("Undone: the item waits as before, and it is yours."))
    query = wanted.as_query(wanted.read(request.POST))
    return redirect(f"{reverse('item', kwargs={'id': id})}{'?' if query else ''}{query}")
