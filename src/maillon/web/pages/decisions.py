"""Decisions: what waits for whoever looks, and one request with all that a magistrate needs to decide on it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from maillon.access.permissions import Permission, may
from maillon.authority.decision.listing import (
    FIRST,
    PARTS,
    Place,
    counts,
    decision,
    decisions,
    measures_under,
    orders_under,
)
from maillon.authority.decision.states import Measure
from maillon.authority.inbox.listing import arrivals_of
from maillon.items.timeline import item, timeline
from maillon.kernel.clock import brussels_day
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.decision.acts import open_to
from maillon.web.guard import SignedRequest

OPEN = "open"
FIRST_SHOWN = 10
SHOWN_EVENTS = 30
RUNNING = (Measure.ASKED, Measure.DONE)
"""Measures that stand under an order: providers who would be told of its end."""

HEADINGS: dict[str, str | Promise] = {
    "confirm": _("Approved by telephone: to confirm"),
    "recalled": _("Called back by the hotline: to look at again"),
    "decide": _("To decide"),
    "write": _("Confirmed: to put in writing"),
    "in_force": _("Orders in force"),
    "online": _("Left online until a review"),
    "ended": _("Ended"),
}
CHOICES: dict[str, str | Promise] = {
    OPEN: _("all that is open"),
    "confirm": _("to confirm"),
    "recalled": pgettext_lazy("referral", "called back"),
    "decide": _("to decide"),
    "write": _("to put in writing"),
    "in_force": _("in force"),
    "online": _("left online"),
    "ended": _("ended"),
}


def listing(request: SignedRequest) -> HttpResponse:
    """The open ones by what they wait for, the first of each; or all of one part, a page at a time."""
    show, office = request.GET.get("show", OPEN), own_office(request)
    if show not in CHOICES:
        raise Http404
    found = counts(office=office, at=request.at)
    context: dict[str, Any] = {
        "show": show,
        "choices": [
            (name, text, *found.get(name, (0, 0))) for name, text in CHOICES.items() if shows(name, found, show)
        ],
        "office": office,
        "everywhere": request.actor.sees == "*" and may(request.actor, Permission.DECIDE),
        "all_offices": "all" in request.GET,
    }
    if show == OPEN:
        parts = [part(name, office, FIRST, FIRST_SHOWN) for name in PARTS if name != "ended" and found[name][0]]
        return render(request, "web/decision/list.html", {**context, "parts": parts})
    one = part(show, office, place(request.GET.get("from", "")), paging.SIZE)
    return render(request, "web/decision/list.html", {**context, "parts": [one], "page": one["page"]})


def shows(name: str, found: Mapping[str, tuple[int, int]], show: str) -> bool:
    """Whether the choice stands on the page: those without a request only where they are usual, or looked at."""
    return name not in ("recalled", "write") or name == show or found[name][0] > 0


def own_office(request: SignedRequest) -> str:
    """The office whose requests are listed: the magistrate's own unless all are asked for; everybody else sees all."""
    own = may(request.actor, Permission.DECIDE) and "all" not in request.GET
    return request.actor.organisation if own else ""


def part(name: str, office: str, after: Place, size: int) -> dict[str, Any]:
    """One part of the list: `name`, `heading` and its `page`."""
    found = decisions(part=name, office=office, after=after, limit=size + 1)
    return {"name": name, "heading": HEADINGS[name], "page": paging.shown(found, cursor, size)}


def cursor(row: Row) -> str:
    return f"{row['calm']}~{row['mild']}~{row['place']}~{row['id']}"


def place(text: str) -> Place:
    """The place that `text` names. Raises Http404."""
    if not text:
        return FIRST
    calm, mild, moment, id = [*text.split("~"), "", "", ""][:4]
    first, second = paging.read_number(calm, 1), paging.read_number(mild, 9)
    return Place(first, second, paging.read_number(moment, 2**63 - 1), paging.read_id(id, FIRST.id))


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """One request on one screen: what is asked, what is known, what can be done, what happened."""
    found = decision(id=id)
    if found is None:
        raise Http404
    context = known(found)
    return render(request, "web/decision/show.html", {**context, "acts": open_to(found, request.actor)})


def known(found: Row) -> dict[str, Any]:
    """What every page about one request shows of it: `decision`, `item`, `assessment`, `arrivals`, `orders`, …"""
    about = item(id=found["item_id"])
    if about is None:
        raise Http404
    arrived = arrivals_of(item_id=found["item_id"])
    return {
        "decision": found,
        "item": about,
        "arrivals": arrived,
        **assessed(arrived),
        "orders": orders_under(request_id=found["id"]),
        "measures": (measures := measures_under(request_id=found["id"])),
        "running": [one for one in measures if one["state"] in RUNNING],
        "events": [one for one in timeline(item_id=found["item_id"], limit=SHOWN_EVENTS) if told(one)],
    }


def told(event: Row) -> bool:
    """Whether the history shows an event: not what passes between the houses, which stands beside what caused it."""
    return not str(event["kind"]).startswith("message_")


def assessed(arrived: list[Row]) -> dict[str, Any]:
    """`assessment` and `location` as the hotline said last (None where it never did), `reports` and their `days`."""
    said = [row for row in arrived if row["body"].get("assessment")]
    reports = {one["reference"]: one["received_at"] for row in said for one in row["body"].get("reports", ())}
    return {
        "assessment": said[-1]["body"]["assessment"] if said else None,
        "location": said[-1]["body"].get("location") if said else None,
        "reports": len(reports),
        "days": sorted({brussels_day(datetime.fromisoformat(moment)) for moment in reports.values()}),
    }
