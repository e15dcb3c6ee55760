"""One report as it came, the conversation with its author, and the contact, read with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.hotline.intake import following
from maillon.hotline.intake.contacts import read_contact
from maillon.hotline.intake.policy import LONGEST
from maillon.hotline.intake.queries import report
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """The report and what was written since."""
    return _page(request, id)


def write(request: SignedRequest, id: UUID) -> HttpResponse:
    """Write to the reporter; what they wrote is read by that."""
    text = request.POST.get("text", "").strip()
    if not text:
        return _page(request, id, wrong={"text": Refusal(_("The message is empty; write something, or leave."))})
    by, at = request.actor, request.at
    why = refused(lambda: following.write_to_reporter(report_id=id, text=text, by=by, at=at))
    if why:
        return _page(request, id, wrong={"text": why})
    following.mark_read(report_id=id, by=by, at=at)
    messages.success(request, _("Written; the reporter reads it on coming back with the receipt."))
    return redirect("report", id=id)


def read(request: SignedRequest, id: UUID) -> HttpResponse:
    """What the reporter wrote has been read."""
    following.mark_read(report_id=id, by=request.actor, at=request.at)
    return redirect("report", id=id)


def contact(request: SignedRequest, id: UUID) -> HttpResponse:
    """How the reporter may be reached, shown on this answer alone; the reason stays on record."""
    reason = request.POST.get("reason", "").strip()
    if not reason:
        return _page(request, id, wrong={"reason": Refusal(_("Say why the reporter must be reached."))})
    found: list[str] = []
    by, at = request.actor, request.at
    why = refused(lambda: found.append(read_contact(report_id=id, reason=reason, by=by, at=at)))
    return _page(request, id, wrong={"reason": why} if why else {}, contact="".join(found))


def conversation(found: Row, actor: Actor) -> dict[str, Any]:
    """What web/parts/conversation.html takes, for a row of `intake.queries.report`."""
    talk = following.messages(found["id"])
    return {
        "report": found,
        "talk": talk,
        "unread": [one for one in talk if one["side"] == "reporter" and one["read_at"] is None],
        "may_write": may(actor, Permission.WRITE_TO_REPORTER) and found["receipt"],
        "may_reveal": may(actor, Permission.READ_CONTACT) and found["contact"],
        "limits": LONGEST,
    }


def _page(
    request: SignedRequest, id: UUID, *, wrong: dict[str, Refusal] | None = None, contact: str = ""
) -> HttpResponse:
    found = report(id=id)
    if found is None:
        raise Http404
    typed = {name: request.POST.get(name, "") for name in ("text", "reason")} if wrong else {}
    context = {**conversation(found, request.actor), "wrong": wrong or {}, "typed": typed, "contact": contact}
    return render(request, "web/report.html", context, status=422 if wrong else 200)
