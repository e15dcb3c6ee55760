"""Deciding on an item: what whoever looks at it may do, the form, and what follows from each choice."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from maillon.access.permissions import Permission, may
from maillon.access.queries import organisation_kind
from maillon.hotline.analysis.policy import FLAGS
from maillon.hotline.analysis.queries import latest_case, opinions
from maillon.hotline.analysis.services import Stated, assess
from maillon.hotline.analysis.states import Case
from maillon.hotline.analysis.training import check_trained
from maillon.hotline.referral.places import provider_country
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.rules.schemes import SEVERITIES
from maillon.web import outlook, stating, wanted
from maillon.web.guard import SignedRequest
from maillon.web.pages.queue import to_next, to_queue, with_query

WAYS = ("none", "untrained", "held", "senior", "given", "settled", "free", "mine")


def desk(request: SignedRequest, item: Row, given: stating.Given | None = None) -> dict[str, Any]:
    """What stands in the place of the decision: `way` (one of WAYS), and what its template needs.

    none: nobody decides here (no permission, no case); untrained; held by another; senior: a dispute for a senior;
    given: one's own opinion stands and another's is awaited; settled; free to be taken; mine.
    """
    case, actor = latest_case(item_id=item["id"]), request.actor
    if case is None:
        return {"way": "none", "case": None}
    standing = [row for row in opinions(case_id=case["id"]) if row["person"] == actor.name]
    way = _way(request, case, given_already=bool(standing))
    shown = {"way": way, "case": case, "left": _left(request, case)}
    if way in ("mine", "settled", "given"):
        before = stating.said_before(standing[-1]) if standing else stating.Given()
        shown |= form(request, item, case, given or before)
    return shown


def _way(request: SignedRequest, case: Row, *, given_already: bool) -> str:
    actor = request.actor
    if not may(actor, Permission.ASSESS):
        return "none"
    if not is_trained(request):
        return "untrained"
    if case["state"] == Case.SETTLED:
        return "settled"
    running = case["claimed_until"] is not None and case["claimed_until"] > request.at
    if running and case["claimed_by"] == actor.name:
        return "mine"
    if running:
        return "held"
    if case["state"] == Case.DISPUTED and not may(actor, Permission.SETTLE_DISPUTE):
        return "senior"
    return "given" if given_already else "free"


def is_trained(request: SignedRequest) -> bool:
    """Whether whoever looks has the training in force that giving opinions takes."""
    try:
        check_trained(request.actor, request.at)
    except NotAllowed:
        return False
    return True


def _left(request: SignedRequest, case: Row) -> int:
    """Seconds until the claim ends."""
    if case["claimed_until"] is None:
        return 0
    return max(0, int((case["claimed_until"] - request.at).total_seconds()))


def form(request: SignedRequest, item: Row, case: Row, given: stating.Given) -> dict[str, Any]:
    """The fields as they are to be filled, and what follows from each choice."""
    on = brussels_day(request.at)
    established = provider_country(item_id=item["id"], on=on)
    lines = outlook.lines(country=item["country"], provider_country=established, on=on)
    return {
        "given": given,
        "code_choices": stating.choices(),
        "severities": [str(severity) for severity in SEVERITIES],
        "flags": FLAGS,
        "decides": case["state"] == Case.DISPUTED and may(request.actor, Permission.SETTLE_DISPUTE),
        "second": case["state"] == Case.SECOND_OPINION,
        "outlook": lines,
        "outlook_rules": outlook.rules_of(lines),
        "unlocated": not item["country"],
    }


def say(*, item_id: UUID, stated: Stated, by: Actor, request: SignedRequest) -> str:
    """Give one's own opinion on an item; what `assess` answers."""
    return assess(
        item_id=item_id,
        report_id=None,
        stated=stated,
        assessed_at=None,
        person=by,
        person_kind=organisation_kind(id=by.organisation),
        by=by,
        at=request.at,
    )


SAID: dict[str, str | Promise] = {
    "assessed": gettext_lazy("Decided."),
    "changed": gettext_lazy("Your opinion is changed."),
    "unchanged": gettext_lazy("You had said the same already; nothing changed."),
}


def decide(request: SignedRequest, id: UUID) -> HttpResponse:
    """Give one's opinion; then to the next item, claimed, to the queue, or back to the item for a correction."""
    from maillon.web.pages.items import page

    given = stating.read(request.POST)
    if given.stated is None:
        return page(request, id, given)
    effect = say(item_id=id, stated=given.stated, by=request.actor, request=request)
    asked, then = wanted.read(request.POST), request.POST.get("then", "")
    if effect != "assessed" or then == "item":
        messages.success(request, str(SAID[effect]))
        return redirect(with_query(reverse("item", kwargs={"id": id}), asked))
    return to_next(request, asked, decided=id) if then == "next" else to_queue(asked, decided=id)
