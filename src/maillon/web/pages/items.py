"""Items: the list, and all that is known of one."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.authority.inbox.listing import arrivals_of
from maillon.hotline.analysis.queries import opinions
from maillon.hotline.referral.listing import FIRST, LAST, newest_items, referrals_of, waiting_items
from maillon.hotline.referral.overview import first_reports, rounds
from maillon.items.states import Item
from maillon.items.timeline import LAST as LAST_EVENT
from maillon.items.timeline import item, timeline
from maillon.observation.queries import locations
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.guard import SignedRequest

SHOWN_REPORTS = 50
SHOWN_EVENTS = 100

ALL = "all"
BY_STATE: dict[str, str | Promise] = {
    "open": pgettext_lazy("item", "open"),
    "illegal": _("illegal"),
    "not_illegal": _("not illegal"),
    "offline": _("offline"),
    ALL: _("all"),
}
BY_CASE: dict[str, str | Promise] = {
    "waiting": _("to be assessed"),
    "second_opinion": _("second opinion needed"),
    "disputed": _("opinions disagree"),
}
CHOICES = {**BY_CASE, **BY_STATE}


def listing(request: SignedRequest) -> HttpResponse:
    """Items, newest first; or those that wait for an opinion, longest waiting first. Addresses stay on their page."""
    show, start = request.GET.get("show", "open"), request.GET.get("from", "")
    if show not in CHOICES:
        raise Http404
    page = _waiting(show, start) if show in BY_CASE else _newest(show, start)
    return render(request, "web/items.html", {"page": page, "show": show, "choices": CHOICES.items()})


def _newest(show: str, start: str) -> paging.Shown:
    states = [str(state) for state in Item] if show == ALL else [show]
    found = newest_items(states=states, before=paging.read_id(start, LAST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: str(row["id"]))


def _waiting(show: str, start: str) -> paging.Shown:
    found = waiting_items(state=show, after=paging.read_moment(start, FIRST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: paging.moment_cursor(row["opened_at"], row["case_id"]))


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """One item: what was said of it, where it is, to whom it went, and everything that happened."""
    found = item(id=id)
    if found is None:
        raise Http404
    before = paging.read_number(request.GET.get("before", ""), LAST_EVENT)
    events = timeline(item_id=id, before=before, limit=SHOWN_EVENTS + 1)
    told = hotline_part(id) if request.actor.house == "hotline" else {"arrivals": arrivals_of(item_id=id)}
    return render(
        request,
        "web/item.html",
        {
            "item": found,
            "locations": locations(item_id=id),
            "events": paging.shown(events, lambda row: str(row["id"]), SHOWN_EVENTS),
            **told,
        },
    )


def hotline_part(id: UUID) -> dict[str, list[Row] | bool]:
    """What only the hotline has of an item: reports, opinions, referrals."""
    reports = first_reports(item_id=id, limit=SHOWN_REPORTS + 1)
    return {
        "reports": reports[:SHOWN_REPORTS],
        "more_reports": len(reports) > SHOWN_REPORTS,
        "rounds": [{**case, "opinions": opinions(case_id=case["id"])} for case in rounds(item_id=id)],
        "referrals": referrals_of(item_id=id),
    }
