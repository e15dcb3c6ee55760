"""One act on several items: first a page that names each of them, then the act, item by item, and what came of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maillon.access.clearances import LABELS
from maillon.access.permissions import Permission, may
from maillon.access.queries import organisation_kind
from maillon.directory.countries import countries, country_name
from maillon.hotline.analysis.policy import FLAGS
from maillon.hotline.analysis.services import assess
from maillon.items.demands import demand_clearance
from maillon.items.services import lock_items, note_offline
from maillon.items.timeline import items
from maillon.kernel.errors import MaillonError, NotFound
from maillon.observation.services import state_location
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.rules.schemes import SEVERITIES
from maillon.web import stating
from maillon.web.guard import SignedRequest
from maillon.web.refusals import refusal

Text = str | Promise
MOST = 50
"""How many items one act takes: a page of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something done to several items: its name in addresses, what a button and the confirmation call it."""

    name: str
    text: Text
    title: Text
    permission: Permission


ACTS = (
    Act(name="decide", text=_("Decide"), title=_("Decide on these items"), permission=Permission.ASSESS),
    Act(name="offline", text=_("Note as offline"), title=_("Note these items as offline"),
        permission=Permission.NOTE_OFFLINE),
    Act(name="location", text=_("State the country"), title=_("State where these items are hosted"),
        permission=Permission.STATE_LOCATION),
    Act(name="demand", text=_("Demand a clearance"), title=_("Show these items to the cleared only"),
        permission=Permission.DEMAND_CLEARANCE),
)  # fmt: skip


def acts_for(actor: Actor) -> list[Act]:
    """The acts that `actor` may do."""
    return [act for act in ACTS if may(actor, act.permission)]


def confirm(request: SignedRequest) -> HttpResponse:
    """Name each item that was ticked, and ask what the act needs. Nothing is done yet."""
    act = _act(request, request.GET)
    return _page(request, act, _items(request.GET))


def execute(request: SignedRequest) -> HttpResponse:
    """Do the act to each item that is still ticked, one by one; a refusal of one leaves the others alone."""
    act, found = _act(request, request.POST), _items(request.POST)
    given, errors = stating.read(request.POST), dict[str, Text]()
    if act.name == "decide":
        errors = dict(given.errors)
    elif act.name == "location" and request.POST.get("country", "") not in ("undetermined", *countries()):
        errors["country"] = _("Choose a country.")
    if act.name != "decide" and not request.POST.get("reason", "").strip():
        errors["reason"] = _("Give the reason: it stands in the timeline of each item.")
    if not found:
        errors["item"] = _("Tick at least one item.")
    if errors:
        return _page(request, act, found or _items(request.POST, "named"), given, errors)
    lock_items(item_ids=[row["id"] for row in found])  # all before any, as whoever locks several does
    do = _doing(request, act.name, given)
    results = [{**row, **_try(do, row["id"])} for row in found]
    done = sum(result["refused"] == "" for result in results)
    context = {"act": act, "results": results, "done": done, "refused": len(results) - done}
    return render(request, "web/bulk_done.html", context)


def _act(request: SignedRequest, form: QueryDict) -> Act:
    found = next((act for act in acts_for(request.actor) if act.name == form.get("act")), None)
    if found is None:
        raise Http404
    return found


def _items(form: QueryDict, name: str = "item") -> list[Row]:
    """The items that a form names, each once, those that can be seen. Raises Http404 where an id is none."""
    try:
        ids = list(dict.fromkeys(UUID(text) for text in form.getlist(name)))
    except ValueError:
        raise Http404 from None
    if len(ids) > MOST:
        raise Http404
    return items(ids=ids)


def _page(
    request: SignedRequest,
    act: Act,
    found: Sequence[Row],
    given: stating.Given | None = None,
    errors: Mapping[str, Text] | None = None,
) -> HttpResponse:
    language = (get_language() or "fr")[:2]
    named = sorted(((code, country_name(code, language)) for code in countries()), key=lambda pair: pair[1])
    context: dict[str, Any] = {
        "act": act,
        "items": found,
        "given": given or stating.Given(),
        "errors": errors or {},
        "code_choices": stating.choices(),
        "severities": [str(severity) for severity in SEVERITIES],
        "flags": FLAGS,
        "countries": named if act.name == "location" else [],
        "country": request.POST.get("country", ""),
        "labels": LABELS.items(),
    }
    return render(request, "web/bulk.html", context, status=422 if errors else 200)


def _doing(request: SignedRequest, act: str, given: stating.Given) -> Callable[[UUID], object]:
    """The service of the act, waiting for an item."""
    form, by, at = request.POST, request.actor, request.at
    reason = form.get("reason", "").strip()
    if act == "offline":
        return lambda id: note_offline(item_id=id, statement=reason, by=by, at=at)
    if act == "location":
        return lambda id: state_location(item_id=id, country=form["country"], statement=reason, by=by, at=at)
    if act == "demand":
        return lambda id: demand_clearance(item_id=id, label=form.get("label", ""), reason=reason, by=by, at=at)
    assert given.stated is not None
    stated, kind = given.stated, organisation_kind(id=by.organisation)
    return lambda id: assess(
        item_id=id, report_id=None, stated=stated, assessed_at=None, person=by, person_kind=kind, by=by, at=at
    )


def _try(do: Callable[[UUID], object], id: UUID) -> dict[str, object]:
    """Do it to one item, in a savepoint; "" as `refused` where it was done, else why not."""
    try:
        with transaction.atomic():
            return {"effect": do(id), "refused": ""}
    except NotFound:
        return {"effect": None, "refused": _("It is not there, or not yours to see.")}
    except MaillonError as error:
        return {"effect": None, "refused": refusal(error).text, "lang": refusal(error).language}
