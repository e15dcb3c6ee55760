"""A new request: the police ask an office of the public prosecutor for one kind of measure on one item."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillon.authority.decision.policy import LANGUAGES, PROVIDERS, decide_by, provision
from maillon.authority.decision.queries import offices
from maillon.authority.decision.services import request_decision
from maillon.authority.inbox.listing import arrivals_of
from maillon.items.timeline import item
from maillon.web.decision.filled import LONGEST, NO_WORDS, NOT_CHOSEN
from maillon.web.guard import SignedRequest
from maillon.web.pages.decisions import assessed
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

CHOSEN = ("kind", "office", "language")


def form(request: SignedRequest, id: UUID) -> HttpResponse:
    """An empty form, with what is known of the item beside it."""
    return _page(request, id)


def send(request: SignedRequest, id: UUID) -> HttpResponse:
    """Ask; the form again where something is missing."""
    typed = {name: request.POST.get(name, "").strip() for name in (*CHOSEN, "reasons", "urgent")}
    wrong: dict[str, str | Promise] = {name: NOT_CHOSEN for name in CHOSEN if not typed[name]}
    if not typed["reasons"]:
        wrong["reasons"] = NO_WORDS
    if wrong:
        return _page(request, id, typed, wrong)
    made: list[UUID] = []
    why = refused(
        lambda: made.append(
            request_decision(
                item_id=id, kind=typed["kind"], office=typed["office"], language=typed["language"],
                reasons=typed["reasons"][:LONGEST], urgent=typed["urgent"] == "yes", by=request.actor, at=request.at,
            )
        )
    )  # fmt: skip
    if why:
        return _page(request, id, typed, why=why)
    messages.success(request, _("Asked. The office finds it in its list; you can withdraw it until it is decided."))
    return redirect("decision", id=made[0])


def _page(
    request: SignedRequest,
    id: UUID,
    typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str | Promise] | None = None,
    why: Refusal | None = None,
) -> HttpResponse:
    about = item(id=id)
    if about is None:
        raise Http404
    known = assessed(arrivals_of(item_id=id))
    flags = known["assessment"]["flags"] if known["assessment"] else ()
    danger = "imminent_danger" in flags
    context: dict[str, Any] = {
        "item": about,
        **known,
        "danger": danger,
        "kinds": [(kind, provision(kind, request.at).ref) for kind in PROVIDERS],
        "offices": offices(),
        "tongues": LANGUAGES,
        "typed": typed or {"language": (get_language() or "")[:2]},
        "wrong": wrong or {},
        "why": why,
        "longest": LONGEST,
        "due": decide_by(request.at, urgent=danger),
        "hasty": decide_by(request.at, urgent=True),
    }
    return render(request, "web/decision/asking.html", context, status=422 if wrong or why else 200)
