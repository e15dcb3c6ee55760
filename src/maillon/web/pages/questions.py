"""Questions between houses and partners: what is asked of us, what we asked, and answering."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from maillon.access.permissions import Permission, may
from maillon.items.timeline import item
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.partners.asked import FIRST, open_questions, question
from maillon.partners.questions import IN, LONGEST, OUT, answer_question
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

SIZE = 20
SHOWN_OUT = 20


def listing(request: SignedRequest) -> HttpResponse:
    """What partners ask, the oldest first; below it what we asked and is not answered."""
    return _listing(request)


def answer(request: SignedRequest, id: UUID) -> HttpResponse:
    """Answer one; then to the others, or back to the item where the answer was written."""
    found = question(id=id)
    if found is None or item(id=found["item_id"]) is None:
        raise Http404
    text = request.POST.get("text", "")
    why = refused(lambda: answer_question(id=id, text=text, by=request.actor, at=request.at))
    if why:
        return _listing(request, id, why)
    messages.success(request, _("Answered; whoever asked will be told."))
    return redirect("item", id=found["item_id"]) if "item" in request.POST else redirect("questions")


def asked_part(found: list[Row], me: Actor) -> dict[str, Any]:
    """What web/parts/asked.html takes, of the questions about an item; those that we asked stand elsewhere."""
    asked = [one for one in found if one["direction"] == IN]
    return {"asked": asked, "may_reply": may(me, Permission.ANSWER_PARTNER), "longest_answer": LONGEST["answer"]}


def _listing(request: SignedRequest, id: UUID | None = None, why: Refusal | None = None) -> HttpResponse:
    found = open_questions(direction=IN, after=paging.read_moment(request.GET.get("from", ""), FIRST), limit=SIZE + 1)
    context = {
        "page": paging.shown(found, lambda row: paging.moment_cursor(row["asked_at"], row["id"]), SIZE),
        "ours": open_questions(direction=OUT, limit=SHOWN_OUT),
        "refused": {"id": id, "why": why} if why else None,
        "typed": request.POST.get("text", ""),
        "may_reply": True,
        "longest_answer": LONGEST["answer"],
    }
    return render(request, "web/questions.html", context, status=422 if why else 200)
