"""Matters: the list of what arrived, joined where it speaks of the same thing, and taking the next one."""

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.access.permissions import Permission, may
from maillon.authority.inbox.closed import LAST, closed_matters
from maillon.authority.inbox.listing import FIRST, Place, matters, tallies
from maillon.authority.inbox.services import take_next_matter
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.guard import SignedRequest

CHOICES: Mapping[str, str | Promise] = {
    "open": pgettext_lazy("matters", "All open"),
    "mine": pgettext_lazy("matters", "Mine"),
    "unit": pgettext_lazy("matters", "My unit"),
    "free": pgettext_lazy("matters", "Nobody has it"),
    "late": _("Past their term"),
    "closed": pgettext_lazy("matters", "Closed"),
}
EMPTY: Mapping[str, str | Promise] = {
    "open": _("Everything that arrived is answered and closed."),
    "mine": _("You have taken nothing. Take the next one, or choose one from the list."),
    "unit": _("Nothing was passed to your unit."),
    "free": _("Somebody works on every matter."),
    "late": _("Everything was answered within its term."),
    "closed": _("No matter was closed yet."),
}


def former(request: HttpRequest) -> HttpResponse:
    """What stood at /arrivals/ stands here."""
    return redirect("matters", permanent=True)


def listing(request: SignedRequest) -> HttpResponse:
    """Imminent danger on top, then the gravest, then the nearest term; what is closed by when it was."""
    show, start = request.GET.get("show", "open"), request.GET.get("from", "")
    if show not in CHOICES:
        raise Http404
    me, at = request.actor, request.at
    numbers = tallies(by=me, at=at)
    context = {
        "page": _closed(start) if show == "closed" else _open(request, show, start),
        "show": show,
        "empty": EMPTY[show],
        "views": [{"name": name, "text": text, "number": numbers.get(name)} for name, text in CHOICES.items()],
        "may_take": may(me, Permission.TAKE_MATTER),
        "may_enter": may(me, Permission.ENTER_LETTER),
    }
    return render(request, "web/matters.html", context)


def _open(request: SignedRequest, show: str, start: str) -> paging.Shown:
    found = matters(wanted=show, by=request.actor, at=request.at, after=place(start), limit=paging.SIZE + 1)
    return paging.shown(found, cursor)


def _closed(start: str) -> paging.Shown:
    found = closed_matters(before=paging.read_moment(start, LAST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: paging.moment_cursor(row["closed_at"], row["id"]))


def cursor(row: Row) -> str:
    """A place in the list as text in an address."""
    return f"{row['calm']}~{row['mild']}~{paging.moment_cursor(row['term'], row['id'])}"


def place(text: str) -> Place:
    """The place that `text` names. Raises Http404."""
    if not text:
        return FIRST
    calm, _sep, rest = text.partition("~")
    mild, _sep, moment = rest.partition("~")
    return Place(
        paging.read_number(calm, 1), paging.read_number(mild, 9), *paging.read_moment(moment, (FIRST.term, FIRST.id))
    )


def take_next(request: SignedRequest) -> HttpResponse:
    """Take the most urgent one that nobody has; to the list where there is none."""
    taken: UUID | None = take_next_matter(by=request.actor, at=request.at)
    if taken is None:
        messages.info(request, _("Nobody waits here now: there is nothing to take."))
        return redirect("matters")
    return redirect("matter", id=taken)
