"""The register of what went abroad: by period and country; the whole of it as a table, for a reason."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from maillon.authority.inbox.register import LAST, Wanted, countries, register, take_register
from maillon.directory.hotlines import hotline_for
from maillon.kernel.clock import brussels_day
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal

COLUMNS = ("day", "country", "partner", "severity", "code", "outcome", "state", "site", "referral")
UNSAFE = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would reckon with; it gets a quote before it."""


def show(request: SignedRequest) -> HttpResponse:
    """The newest first."""
    return _page(request, request.GET)


def export(request: SignedRequest) -> HttpResponse:
    """All that was chosen as CSV; who took it out, and why, stays on record."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _page(request, request.POST, Refusal(_("Give a reason; it is kept with the change.")))
    found = take_register(wanted=_wanted(request.POST), reason=reason, by=request.actor, at=request.at)
    response = HttpResponse(as_csv(found), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = f'attachment; filename="register-{brussels_day(request.at).isoformat()}.csv"'
    return response


def as_csv(found: Sequence[Row]) -> str:
    """One line to an entry, under COLUMNS."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in map(entry, found):
        writer.writerow([_safe(str(row[name] if row[name] is not None else "")) for name in COLUMNS])
    return text.getvalue()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(UNSAFE) else cell


def entry(row: Row) -> Row:
    """The row with its `day` in Brussels, and the `partner` abroad that takes reports of that country on it."""
    day = brussels_day(row["arrived_at"])
    hotline = hotline_for(row["country"], day) if row["country"] else None
    return {**row, "day": day, "partner": ", ".join(hotline.names) if hotline else ""}


def _wanted(given: QueryDict) -> Wanted:
    """What was chosen. Raises Http404 where a day is none."""
    since, last = _day(given.get("since", "")), _day(given.get("until", ""))
    return Wanted(since, last + timedelta(days=1) if last else None, given.get("country", ""))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Http404 from None


def _page(request: SignedRequest, given: QueryDict, why: Refusal | None = None) -> HttpResponse:
    before = paging.read_moment(given.get("from", ""), LAST)
    found = register(wanted=_wanted(given), before=before, limit=paging.SIZE + 1)
    page = paging.shown([entry(row) for row in found], lambda row: paging.moment_cursor(row["arrived_at"], row["id"]))
    chosen = {name: given.get(name, "") for name in ("since", "until", "country")}
    context: dict[str, Any] = {
        "page": page,
        "chosen": chosen,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "countries": countries(),
        "why": why,
        "longest": 500,
    }
    return render(request, "web/decision/register.html", context, status=422 if why else 200)
