"""The first page after signing in: what needs a person, who answered, what happened last."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from maillon.access.permissions import Permission, may
from maillon.hotline.analysis.blind import visible_events
from maillon.hotline.intake.queries import unread_answers
from maillon.items.timeline import latest_events
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.happened import UNTOLD, of_shown_reports
from maillon.web.needs import needs_of
from maillon.web.portal.pages import only_portal

EVENTS = 20
ANSWERS = 10
"""Reporters who answered, the longest waiting first; reading them makes room for the others."""


def show(request: SignedRequest) -> HttpResponse:
    """For each role its own. Oversight sees what it reviews, on its own pages, and not all that happens."""
    actor = request.actor
    if only_portal(actor):
        return redirect("portal")
    writes = actor.house == "hotline" and may(actor, Permission.WRITE_TO_REPORTER)
    context = {
        "needs": needs_of(actor, request.at),
        "answers": unread_answers(limit=ANSWERS) if writes else [],
        "events": None if may(actor, Permission.OVERSEE) else events_for(actor),
    }
    return render(request, "web/overview.html", context)


def events_for(actor: Actor) -> list[Row]:
    """What happened last, without the opinions of others that `actor` must not know yet.

    At the authority without what passes between the houses, which would hide what people did.
    """
    if actor.house == "hotline":
        return of_shown_reports(visible_events(latest_events(without=UNTOLD), by=actor))
    found = latest_events(without=UNTOLD, limit=5 * EVENTS)
    return [event for event in found if not event["kind"].startswith("message_")][:EVENTS]


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
