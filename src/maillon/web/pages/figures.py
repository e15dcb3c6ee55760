"""The year's figures: the page, and the same as one table to take away."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.insight.figures import figures
from maillon.insight.tidy import as_csv
from maillon.kernel.clock import brussels_day
from maillon.partners.statements import statements
from maillon.web.drawing import keep
from maillon.web.guard import SignedRequest
from maillon.web.pages.charts import data_of, tell

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
LATE: dict[str, str | Promise] = {
    "cases": _("Assessments that were late"),
    "referrals": _("Referrals that were late"),
}


def show(request: SignedRequest) -> HttpResponse:
    """One year, the current one unless another is chosen."""
    years = [str(year) for year in years_until(request)]
    chosen = request.GET.get("year", years[0])
    if chosen not in years:
        raise Http404
    data = data_of(int(chosen), request)
    told = tell(data)
    for one in told:
        keep(one)
    found = data.found
    return render(
        request,
        "web/figures.html",
        {
            "year": int(chosen),
            "years": years,
            "headline": [(text, found[name]) for name, text in HEADLINE.items()],
            "further": [
                *((text, found[name]) for name, text in FURTHER.items()),
                *((text, found["late"][name]) for name, text in LATE.items()),
            ],
            "charts": told,
            "stated": statements(year=int(chosen)),
            "definitions": [(name, definition["means"]) for name, definition in found["definitions"].items()],
        },
    )


def table(request: SignedRequest, year: int) -> HttpResponse:
    """The year's numbers as CSV, one to a line."""
    if year not in years_until(request):
        raise Http404
    text = as_csv(figures(year=year, by=request.actor))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="maillon-{request.actor.house}-{year}.csv"'
    return response


def years_until(request: SignedRequest) -> range:
    """The years that have figures, this one first."""
    return range(brussels_day(request.at).year, FIRST_YEAR - 1, -1)
