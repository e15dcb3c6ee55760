"""The authority's figures of a year, and stating them to the hotline."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.insight.authority_year import authority_figures
from maillon.kernel.clock import brussels_day
from maillon.partners.statements import state_figures, statements
from maillon.web.guard import SignedRequest

FIRST_YEAR = 2017
"""The first year in which the hotline and the authority worked by their protocol."""


def show(request: SignedRequest) -> HttpResponse:
    """One year, the current one unless another is chosen; and when it was stated last."""
    year = _year(request, request.GET.get("year", ""))
    own = [one for one in statements(year=year) if one["partner"] == request.actor.house]
    context = {
        "year": year,
        "years": _years(request),
        "figures": authority_figures(year=year, by=request.actor).items(),
        "stated_at": own[0]["stated_at"] if own else None,
        "may_state": may(request.actor, Permission.SEND_FIGURES),
    }
    return render(request, "web/authority_figures.html", context)


def state(request: SignedRequest) -> HttpResponse:
    """State a year's figures as they are now."""
    year = _year(request, request.POST.get("year", ""))
    figures = authority_figures(year=year, by=request.actor)
    state_figures(year=year, figures=figures, by=request.actor, at=request.at)
    messages.success(request, _("Stated: the hotline shows these figures beside its own."))
    return redirect(f"{reverse('authority_figures')}?year={year}")


def _years(request: SignedRequest) -> list[int]:
    return list(range(brussels_day(request.at).year, FIRST_YEAR - 1, -1))


def _year(request: SignedRequest, text: str) -> int:
    years = _years(request)
    if text and text not in map(str, years):
        raise Http404
    return int(text) if text else years[0]
