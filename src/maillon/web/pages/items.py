"""Items: the list, and all that is known of one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.access.permissions import Permission, may
from maillon.authority.decision.listing import decisions_of
from maillon.authority.inbox.listing import arrivals_of
from maillon.authority.inbox.queries import matter_of_item
from maillon.hotline.analysis.blind import FOLLOWING, hidden_event, visible_rounds
from maillon.hotline.analysis.states import Case
from maillon.hotline.referral.holds import running_hold
from maillon.hotline.referral.listing import FIRST, LAST, newest_items, referrals_of, waiting_items
from maillon.hotline.referral.outcomes import outcomes_of
from maillon.hotline.referral.overview import first_reports
from maillon.hotline.referral.similar import similar
from maillon.items.states import Item
from maillon.items.timeline import LAST as LAST_EVENT
from maillon.items.timeline import item, timeline
from maillon.outbox.sql import Row
from maillon.partners.questions import questions_of_item
from maillon.web import paging, wanted
from maillon.web.guard import SignedRequest
from maillon.web.happened import UNTOLD, of_shown_reports
from maillon.web.pages.bulk import acts_for
from maillon.web.pages.content import content_part
from maillon.web.pages.deciding import desk
from maillon.web.pages.questions import asked_part
from maillon.web.pages.undoing import decided_part
from maillon.web.placed import placed_part
from maillon.web.stating import Given

SHOWN_REPORTS = 10
SHOWN_EVENTS = 20

CLAIMS = ("case_claimed", "case_given_back")

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
    shown = _waiting(show, start) if show in BY_CASE else _newest(show, start)
    return render(
        request,
        "web/items.html",
        {"page": shown, "show": show, "choices": CHOICES.items(), "bulk_acts": acts_for(request.actor)},
    )


def _newest(show: str, start: str) -> paging.Shown:
    states = [str(state) for state in Item] if show == ALL else [show]
    found = newest_items(states=states, before=paging.read_id(start, LAST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: str(row["id"]))


def _waiting(show: str, start: str) -> paging.Shown:
    found = waiting_items(state=show, after=paging.read_moment(start, FIRST), limit=paging.SIZE + 1)
    return paging.shown(found, lambda row: paging.moment_cursor(row["opened_at"], row["case_id"]))


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """One item: what was said of it, where it is, to whom it went, and everything that happened."""
    return page(request, id)


def page(request: SignedRequest, id: UUID, given: Given | None = None) -> HttpResponse:
    """An item's page; `given` fills the decision's form again, where something is wrong with it."""
    found = item(id=id)
    if found is None:
        raise Http404
    before = paging.read_number(request.GET.get("before", ""), LAST_EVENT)
    whole = timeline(item_id=id, before=before, without=UNTOLD, limit=SHOWN_EVENTS + 1)
    events = paging.shown(whole, lambda row: str(row["id"]), SHOWN_EVENTS)
    told: dict[str, Any] = {
        "arrivals": arrivals_of(item_id=id),
        "matter": matter_of_item(item_id=id),
        **decided_of(request, id),
    }
    asked = questions_of_item(item_id=id)
    hidden: list[Row] = []
    happened = list(events.rows)
    if request.actor.house == "hotline":
        told = hotline_part(request, found, given)
        hidden = [case for case in told["rounds"] if case["hidden"]]
        happened = of_shown_reports(events.rows)
        asked = [one for one in asked if one["about"] not in told["veiled"]]
    context = {
        "item": found,
        **placed_part(item_id=id, at=request.at),
        "events": joined([event for event in happened if not veiled(event, hidden)]),
        "earlier": events.next,
        "may_demand": request.actor.house == "hotline" and may(request.actor, Permission.DEMAND_CLEARANCE),
        **told,
        **asked_part(asked, request.actor),
    }
    return render(request, "web/item.html", context, status=422 if given else 200)


def decided_of(request: SignedRequest, id: UUID) -> dict[str, Any]:
    """What only the authority has of an item: the requests about it, and whether another may be made."""
    if request.actor.house != "authority" or not may(request.actor, Permission.READ_DECISIONS):
        return {}
    return {"decisions": decisions_of(item_id=id), "may_ask": may(request.actor, Permission.REQUEST_DECISION)}


def veiled(event: Row, hidden: Sequence[Row]) -> bool:
    """Whether an event tells of opinions in the `hidden` rounds: itself, or by what was referred because of them."""
    referred = event["kind"].startswith(FOLLOWING) and any(event["happened_at"] >= h["opened_at"] for h in hidden)
    return referred or hidden_event(event, unseen={case["id"] for case in hidden})


def joined(events: list[Row]) -> list[Row]:
    """The events with whoever took and gave back the same case told once, the newest time, with how often (`times`)."""
    found: list[Row] = []
    for event in events:
        last = found[-1] if found else None
        if last and event["kind"] in CLAIMS and last["kind"] in CLAIMS and event["actor"] == last["actor"]:
            last["times"] += 1
        else:
            found.append({**event, "times": 1})
    return found


def hotline_part(request: SignedRequest, found: Row, given: Given | None) -> dict[str, Any]:
    """What only the hotline has of an item: reports, opinions, referrals, what is like it, and the decision."""
    id, asked = found["id"], wanted.read(request.POST if given else request.GET)
    reports = first_reports(item_id=id, limit=SHOWN_REPORTS + 1)
    seen = visible_rounds(item_id=id, by=request.actor)
    unseen = {case["id"] for case in seen if case["hidden"]}
    referred = referrals_of(item_id=id)
    veil = bool(seen) and seen[0]["hidden"] and seen[0]["state"] != Case.WAITING
    return {
        "reports": reports[:SHOWN_REPORTS],
        "more_reports": len(reports) > SHOWN_REPORTS,
        "rounds": seen,
        "veil": veil,
        "held": None if unseen else running_hold(item_id=id),
        "outcomes": [] if unseen else outcomes_of(item_id=id),
        "decides_refused": may(request.actor, Permission.DECIDE_REFUSED),
        "disagreeing": seen[0]["opinions"] if seen and seen[0]["state"] == Case.DISPUTED else [],
        "referrals": [row for row in referred if row["case_id"] not in unseen],
        "veiled": {row["id"] for row in referred if row["case_id"] in unseen},
        "similar": similar(item_id=id),
        "fields": wanted.pairs(asked),
        "query": wanted.as_query(asked),
        **decided_part(request),
        **content_part(request, found),
        **desk(request, found, given),
    }
