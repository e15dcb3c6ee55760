"""The year's figures."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.insight.figures import figures
from maillon.kernel.clock import brussels_day
from maillon.web.guard import SignedRequest

FIRST_YEAR = 2015
"""The first year of which there are records."""

HEADLINE: dict[str, str | Promise] = {
    "reports": _("Reports"),
    "illegal": _("Reports of something illegal"),
    "hosted_in_belgium": _("Illegal sites hosted in Belgium"),
}
FURTHER: dict[str, str | Promise] = {
    "items": _("Items"),
    "sites": _("Sites"),
    "items_illegal": _("Illegal items"),
}
OUTCOMES: dict[str, str | Promise] = {
    "illegal": _("illegal"),
    "not_illegal": _("not illegal"),
    "open": _("not settled yet"),
}
STEPS: dict[str, str | Promise] = {
    "located": _("located"),
    "first_opinion": _("first assessed"),
    "settled": _("settled"),
    "sent": _("sent"),
    "acknowledged": _("acknowledged"),
}


def show(request: SignedRequest) -> HttpResponse:
    """One year, the current one unless another is chosen."""
    this_year = brussels_day(request.at).year
    years = [str(year) for year in range(this_year, FIRST_YEAR - 1, -1)]
    chosen = request.GET.get("year", years[0])
    if chosen not in years:
        raise Http404
    found = figures(year=int(chosen), by=request.actor)
    return render(
        request,
        "web/figures.html",
        {
            "year": chosen,
            "years": years,
            "found": found,
            "headline": [(text, found[name]) for name, text in HEADLINE.items()],
            "further": [(text, found[name]) for name, text in FURTHER.items()],
            "outcomes": [(text, found["by_outcome"][name]) for name, text in OUTCOMES.items()],
            "definitions": [(name, definition["means"]) for name, definition in found["definitions"].items()],
            "steps": [(text, found["times"][name]) for name, text in STEPS.items()],
        },
    )
