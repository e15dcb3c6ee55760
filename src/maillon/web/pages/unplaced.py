"""Reports in which no address was recognised: a person finds one, or says why there is none."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.hotline.intake.placing import close_report, place_report
from maillon.hotline.intake.policy import LONGEST
from maillon.hotline.intake.queries import FIRST, unplaced_reports
from maillon.items.addresses import find
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

SIZE = 20


def listing(request: SignedRequest) -> HttpResponse:
    """The longest waiting first."""
    return _listing(request)


def place(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say of what address the report speaks; then back to the others."""
    text = request.POST.get("text", "").strip()
    if not find(text).locations:
        return _listing(request, id, "text", Refusal(_("No address was recognised; write it in full, with http://")))
    why = refused(lambda: place_report(report_id=id, text=text, by=request.actor, at=request.at))
    if why:
        return _listing(request, id, "text", why)
    messages.success(request, _("The report has its address now, and goes its way."))
    return redirect("unplaced")


def close(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say why the report leads nowhere; then back to the others."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _listing(request, id, "reason", Refusal(_("Say why the report leads nowhere; it is kept on record.")))
    why = refused(lambda: close_report(report_id=id, reason=reason, by=request.actor, at=request.at))
    if why:
        return _listing(request, id, "reason", why)
    messages.success(request, _("The report is closed."))
    return redirect("unplaced")


def _listing(
    request: SignedRequest, id: UUID | None = None, field: str = "", why: Refusal | None = None
) -> HttpResponse:
    """The list; with `why` beside the `field` of one report that was refused, and what was typed in it."""
    after = paging.read_moment(request.GET.get("from", ""), FIRST)
    found = unplaced_reports(after=after, limit=SIZE + 1)
    context = {
        "page": paging.shown(found, lambda row: paging.moment_cursor(row["received_at"], row["id"]), SIZE),
        "refused": {"id": id, "field": field, "why": why} if why else None,
        "typed": {name: request.POST.get(name, "") for name in ("text", "reason")},
        "limits": LONGEST,
    }
    return render(request, "web/unplaced.html", context, status=422 if why else 200)
