"""One matter on one screen: what arrived, where it is, what was asked, what happened; and working on it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.access.permissions import Permission, may
from maillon.authority.decision.listing import decisions_of
from maillon.authority.inbox import services
from maillon.authority.inbox.policy import LETTER, LONGEST
from maillon.authority.inbox.queries import arrival, arrivals_of_matter, matter, matters_like, units
from maillon.authority.inbox.states import Matter
from maillon.items.timeline import item, timeline
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.partners.questions import questions_of
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

SHOWN_EVENTS = 20
SHOWN_LIKE = 10


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """Everything of one matter."""
    return page(request, id)


def page(request: SignedRequest, id: UUID, field: str = "", why: Refusal | None = None) -> HttpResponse:
    """The matter's page; with `why` at the form `field`, and what was typed in it, where that was refused."""
    found = matter(id=id)
    if found is None:
        raise Http404
    arrived = arrivals_of_matter(id=id)
    events = timeline(item_id=found["item_id"], limit=SHOWN_EVENTS) if found["item_id"] else []
    context = {
        "matter": found,
        "item": item(id=found["item_id"]) if found["item_id"] else None,
        "arrivals": arrived,
        "newest": next((row for row in arrived if row["body"].get("location")), None),
        "questions": questions_of(about=[row["id"] for row in arrived]),
        "askable": [row for row in arrived if row["kind"] != LETTER],
        "decisions": decisions_part(found, request.actor),
        "like": matters_like(matter=found, limit=SHOWN_LIKE),
        "events": [{**event, "times": 1} for event in events if not event["kind"].startswith("message_")],
        "waiting": [row for row in arrived if row["state"] == "waiting"],
        "units": units(),
        "longest": LONGEST,
        "wrong": {field: why} if why else {},
        "typed": {name: request.POST.get(name, "") for name in ("reason", "text")} if why else {},
        "request_page": request_page(found, request.actor),
        **acts(found, request.actor),
    }
    return render(request, "web/matter.html", context, status=422 if why else 200)


def acts(found: Row, me: Actor) -> dict[str, bool]:
    """What `me` may do with the matter now."""
    mine, taken = found["taken_by"] == me.name, found["state"] == Matter.TAKEN
    closed, passes = found["state"] == Matter.CLOSED, may(me, Permission.PASS_MATTER)
    ours = found["unit"] in (None, me.organisation)
    works = may(me, Permission.TAKE_MATTER) and not closed
    return {
        "mine": mine,
        "may_take": works and not taken and (ours or passes),
        "may_take_over": works and taken and not mine and passes,
        "may_give_back": works and mine,
        "may_pass": passes and not closed,
        "may_close": may(me, Permission.CLOSE_MATTER) and not closed and (mine or not taken),
        "may_answer": may(me, Permission.ACKNOWLEDGE),
        "may_place": may(me, Permission.ENTER_LETTER),
    }


def decisions_part(found: Row, me: Actor) -> list[Row]:
    """What was asked of the public prosecutor about the matter's item, as far as `me` may read it."""
    if found["item_id"] is None or not may(me, Permission.READ_DECISIONS):
        return []
    return decisions_of(item_id=found["item_id"])


def request_page(found: Row, me: Actor) -> str:
    """Where a decision on the matter's item is asked for; "" where it cannot be."""
    if found["item_id"] is None or not may(me, Permission.REQUEST_DECISION):
        return ""
    return reverse("request_new", kwargs={"id": found["item_id"]})


def take(request: SignedRequest, id: UUID) -> HttpResponse:
    """From now on it is the asker's."""
    over = "over" in request.POST
    why = refused(lambda: services.take_matter(id=id, over=over, by=request.actor, at=request.at), services.MatterHeld)
    return page(request, id, "matter", why) if why else to(id)


def give_back(request: SignedRequest, id: UUID) -> HttpResponse:
    """It is nobody's again."""
    services.give_back_matter(id=id, by=request.actor, at=request.at)
    messages.success(request, _("Given back: it waits for whoever takes it."))
    return redirect("matters")


def pass_on(request: SignedRequest, id: UUID) -> HttpResponse:
    """It is another unit's."""
    unit = request.POST.get("unit", "")
    return done(
        request, id, "pass", _("Passed on: the unit sees it now."),
        lambda: services.pass_matter(id=id, unit=unit, by=request.actor, at=request.at),
    )  # fmt: skip


def close(request: SignedRequest, id: UUID) -> HttpResponse:
    """Nothing more is done."""
    why = request.POST.get("reason", "")
    return done(
        request, id, "close", _("Closed; it opens again when something new arrives."),
        lambda: services.close_matter(id=id, why=why, by=request.actor, at=request.at),
    )  # fmt: skip


def acknowledge_all(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take note of everything that waits in the matter."""
    services.acknowledge_matter(id=id, by=request.actor, at=request.at)
    messages.success(request, _("Acknowledged; the senders will be told."))
    return to(id)


def acknowledge(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take note of one arrival."""
    services.acknowledge(id=id, by=request.actor, at=request.at)
    messages.success(request, _("Acknowledged; the sender will be told."))
    return to(of(id)["matter_id"])


def refuse(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say that nothing will be done about one arrival, and why."""
    reason = request.POST.get("reason", "")
    return done(
        request, of(id)["matter_id"], f"refuse-{id}", _("Refused; the sender will be told why."),
        lambda: services.refuse_arrival(id=id, reason=reason, by=request.actor, at=request.at),
    )  # fmt: skip


def ask(request: SignedRequest, id: UUID) -> HttpResponse:
    """Ask the sender of one arrival about it."""
    text = request.POST.get("text", "")
    return done(
        request, of(id)["matter_id"], f"ask-{id}", _("Asked; the answer will stand here."),
        lambda: services.ask_sender(id=id, text=text, by=request.actor, at=request.at),
    )  # fmt: skip


def place(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say of what address a letter speaks."""
    matter_id, text = of(id)["matter_id"], request.POST.get("text", "")
    by, at = request.actor, request.at
    why = refused(lambda: services.place_letter(id=id, text=text, by=by, at=at))
    if why:
        return page(request, matter_id, f"place-{id}", why)
    messages.success(request, _("The letter has its address now."))
    placed = arrival(id=id)  # None where it joined what another unit works on
    return to(placed["matter_id"]) if placed else redirect("matters")


def done(request: SignedRequest, id: UUID, field: str, told: str | Promise, service: Callable[[], Any]) -> HttpResponse:
    """Call `service`: then to the matter and say so, or stay where it refuses."""
    why = refused(service, services.MatterHeld)
    if why:
        return page(request, id, field, why)
    messages.success(request, str(told))
    return to(id)


def of(id: UUID) -> Row:
    """The arrival. Raises Http404."""
    found = arrival(id=id)
    if found is None or matter(id=found["matter_id"]) is None:
        raise Http404
    return found


def to(id: UUID) -> HttpResponse:
    return redirect("matter", id=id)
