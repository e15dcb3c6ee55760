"""Where one item is: all that is known of it, and what a person may add: a country, an origin, a question."""

from collections.abc import Callable
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.directory.countries import countries, country_name
from maillon.items.timeline import item
from maillon.observation.contacts import contacts_of, request_contact
from maillon.observation.origins import LONGEST, TOLD_BY, ToldBy, state_origin
from maillon.observation.services import state_location
from maillon.web.guard import SignedRequest
from maillon.web.placed import placed_part
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """Where the item is, by whom it was said, and whom to write to there."""
    return _page(request, id)


def origin(request: SignedRequest, id: UUID) -> HttpResponse:
    """The content lies at this address, behind what answers at the item's name."""
    form = request.POST
    return _do(
        request,
        id,
        "origin",
        lambda: state_origin(
            item_id=id,
            address=form.get("address", ""),
            told_by=cast(ToldBy, form.get("told_by", "")),
            statement=form.get("statement", ""),
            by=request.actor,
            at=request.at,
        ),
        _("The origin is being looked up; the item is located by it in a moment."),
    )


def state(request: SignedRequest, id: UUID) -> HttpResponse:
    """The item is hosted in this country, as a person says."""
    form = request.POST
    return _do(
        request,
        id,
        "country",
        lambda: state_location(
            item_id=id,
            country=form.get("country", ""),
            statement=form.get("statement", "")[:LONGEST],
            by=request.actor,
            at=request.at,
        ),
        _("Stated; your name and the reason stay on record, and the item is routed anew."),
    )


def contact(request: SignedRequest, id: UUID) -> HttpResponse:
    """Registration data are asked whom to write to."""
    return _do(
        request,
        id,
        "contact",
        lambda: request_contact(item_id=id, by=request.actor, at=request.at),
        _("The registries are being asked; the answer stands here in a moment."),
    )


def _do(request: SignedRequest, id: UUID, what: str, service: Callable[[], object], done: str) -> HttpResponse:
    why = refused(service)
    if why:
        return _page(request, id, what, why)
    messages.success(request, done)
    return redirect("located", id=id)


def _page(request: SignedRequest, id: UUID, what: str = "", why: Refusal | None = None) -> HttpResponse:
    found = item(id=id)
    if found is None:
        raise Http404
    context: dict[str, Any] = {
        "item": found,
        **placed_part(item_id=id, at=request.at),
        "contacts": contacts_of(item_id=id),
        "states": may(request.actor, Permission.STATE_LOCATION),
        "countries": _countries(),
        "told_by": TOLD_BY,
        "longest": LONGEST,
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
    }
    return render(request, "web/place.html", context, status=422 if why else 200)


def _countries() -> list[tuple[str, str]]:
    language = get_language() or "en"
    return sorted(((code, country_name(code, language)) for code in countries()), key=lambda pair: pair[1])
