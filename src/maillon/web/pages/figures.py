"""The year's figures."""

from django.http import Http404, HttpResponse
from django.shortcuts import render

from maillon.kernel.clock import brussels_day
from maillon.web.guard import SignedRequest

FIRST_YEAR = 2015


def show(request: SignedRequest) -> HttpResponse:
    """One year, the current one unless another is chosen."""
    this_year = brussels_day(request.at).year
    chosen = request.GET.get("year", str(this_year))
    years = [str(year) for year in range(this_year, FIRST_YEAR - 1, -1)]
    if chosen not in years:
        raise Http404
    return render(request, "web/figures.html", {"year": chosen, "years": years})
