"""The form of each act on a request, the review before it is done, and doing it."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise

from maillon.authority.decision.listing import decision
from maillon.kernel.errors import NotAllowed
from maillon.outbox.sql import Row
from maillon.web.decision import choices, filled
from maillon.web.decision.acts import Act, own
from maillon.web.decision.filled import LONGEST, Filled
from maillon.web.decision.following import Situation, following
from maillon.web.guard import SignedRequest, View
from maillon.web.pages.decisions import known
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

Problems = Mapping[str, str | Promise]


def form(act: Act) -> View:
    """The page with the empty form of `act`."""

    def show(request: SignedRequest, id: UUID) -> HttpResponse:
        return _page(request, act, _found(request, act, id), Filled(), {})

    return show


def give(act: Act) -> View:
    """Look at what was filled in: where it is wrong it is shown again; to be reviewed, with what follows; else done."""

    def send(request: SignedRequest, id: UUID) -> HttpResponse:
        row, given = _found(request, act, id), filled.read(request.POST)
        wrong = given.problems(act.fields, request.at)
        if wrong or "change" in request.POST:
            return _page(request, act, row, given, wrong)
        if act.review and "sure" not in request.POST:
            why = _would_refuse(lambda: act.do(row, given, request.actor, request.at))
            return _page(request, act, row, given, {}, why=why, review=why is None)
        why = refused(lambda: act.do(row, given, request.actor, request.at))
        if why:
            return _page(request, act, row, given, {}, why=why)
        messages.success(request, str(act.done))
        return redirect("decision", id=id)

    return send


def _found(request: SignedRequest, act: Act, id: UUID) -> Row:
    """The request. Raises Http404 where it is not to be seen, NotAllowed where it lies before another office."""
    row = decision(id=id)
    if row is None:
        raise Http404
    if not own(act, row, request.actor):
        raise NotAllowed("A magistrate decides on what lies before their own office.")
    return row


def _would_refuse(service: Callable[[], object]) -> Refusal | None:
    """Why the service would refuse, found by letting it work and undoing all of it."""
    with transaction.atomic():
        why = refused(service)
        transaction.set_rollback(True)
    return why


def _page(
    request: SignedRequest,
    act: Act,
    row: Row,
    given: Filled,
    wrong: Problems,
    why: Refusal | None = None,
    review: bool = False,
) -> HttpResponse:
    shown = known(row)
    situation = Situation(row, shown["running"], shown["item"]["origin"], given, request.at)
    context: dict[str, Any] = {
        **shown,
        "act": act,
        "fits": act.fits(row),
        "given": given,
        "fields": [name.rstrip("?") for name in act.fields],
        "optional": [name.rstrip("?") for name in act.fields if name.endswith("?")],
        "typed": given.typed or choices.proposed(act, row, request.at),
        "offered": choices.of(act, row, request.at),
        "latest": choices.latest(act, row, request.at),
        "wrong": wrong,
        "why": why,
        "review": review,
        "following": following(act.name, situation),
        "longest": LONGEST,
    }
    status = 200 if review or not (wrong or why) else 422
    return render(request, "web/decision/act.html", context, status=status)
