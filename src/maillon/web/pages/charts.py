"""The charts of a year, each a picture with an address of its own."""

from django.http import Http404, HttpResponse
from django.utils.translation import get_language

from maillon.insight.agreed import agreed
from maillon.insight.figures import figures
from maillon.insight.years import years
from maillon.web.charts import CHARTS, Data, Told
from maillon.web.drawing import kept, svg
from maillon.web.guard import SignedRequest
from maillon.web.shapes import WIDTHS, Style
from maillon.web.tokens import SCHEMES


def picture(request: SignedRequest, year: int, chart: str) -> HttpResponse:
    """One chart as SVG; `v` names what the page just showed, so that it is not counted again."""
    style = style_of(request)
    if chart not in CHARTS or not 1900 <= year <= 9998:
        raise Http404
    told = kept(request.GET.get("v", ""))
    if told is None or told.name != chart:
        told = CHARTS[chart](data_of(year, request))
    return HttpResponse(svg(told, style), content_type="image/svg+xml")


def style_of(request: SignedRequest) -> Style:
    """How the picture is asked for. Raises Http404."""
    style = Style(request.GET.get("scheme", SCHEMES[0]), request.GET.get("size", next(iter(WIDTHS))))
    if style.scheme not in SCHEMES or style.size not in WIDTHS:
        raise Http404
    return style


def data_of(year: int, request: SignedRequest) -> Data:
    """What the charts of a year are made from, counted now."""
    return Data(
        found=figures(year=year, by=request.actor),
        years=years(by=request.actor),
        agreed=agreed(year),
        language=(get_language() or "fr")[:2],
    )


def tell(data: Data) -> list[Told]:
    """Every chart, in the order of the page."""
    return [make(data) for make in CHARTS.values()]
