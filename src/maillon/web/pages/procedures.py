"""What justice, the hotline and the providers agreed: recording a procedure, and ending one."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from maillon.authority.decision.policy import PROVIDERS
from maillon.authority.decision.procedures import PARTIES, procedures
from maillon.authority.decision.services import end_procedure, record_procedure
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotFound
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def show(request: SignedRequest) -> HttpResponse:
    """All of them, those in force first; without one in force no measure can be recorded."""
    return _page(request)


def add(request: SignedRequest) -> HttpResponse:
    """Record one."""
    post = request.POST
    agreed, start, until = (_day(post.get(name, "")) for name in ("agreed_on", "valid_from", "valid_until"))
    if agreed is None or start is None or (until is None and post.get("valid_until")):
        return _page(request, "add", Refusal(_("Give the days: when it was agreed, and when it begins.")))
    why = refused(
        lambda: record_procedure(
            kind=post.get("kind", ""), name=post.get("name", ""), parties=post.getlist("party"), agreed_on=agreed,
            valid_from=start, valid_until=until, source=post.get("source", ""), by=request.actor, at=request.at,
        )
    )  # fmt: skip
    return _page(request, "add", why) if why else _done(request)


def end(request: SignedRequest) -> HttpResponse:
    """End one from a day on."""
    post, on = request.POST, _day(request.POST.get("on", ""))
    if on is None or not post.get("procedure"):
        return _page(request, "end", Refusal(_("Choose a procedure and give the day from which it holds no longer.")))
    why = refused(
        lambda: end_procedure(
            id=_id(post["procedure"]), on=on, reason=post.get("reason", ""), by=request.actor, at=request.at
        ),
        NotFound,
    )
    return _page(request, "end", why) if why else _done(request)


def _done(request: SignedRequest) -> HttpResponse:
    messages.success(request, _("Changed; your name stays on record."))
    return redirect("procedures")


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such procedure; choose one of the list.") from None


def _page(request: SignedRequest, what: str = "", why: Refusal | None = None) -> HttpResponse:
    today = brussels_day(request.at)
    found = procedures()
    running = [row for row in found if row["valid_until"] is None or row["valid_until"] > today]
    context = {
        "running": running,
        "over": [row for row in found if row not in running],
        "missing": [kind for kind in PROVIDERS if not any(_in_force(row, kind, today) for row in running)],
        "kinds": PROVIDERS,
        "parties": PARTIES,
        "today": today,
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
        "ticked": request.POST.getlist("party") if what == "add" else PARTIES,
        "longest": 500,
    }
    return render(request, "web/decision/procedures.html", context, status=422 if why else 200)


def _in_force(row: dict[str, object], kind: str, today: date) -> bool:
    start = row["valid_from"]
    return row["kind"] == kind and isinstance(start, date) and start <= today
