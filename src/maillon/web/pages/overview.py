"""What needs a person in this house, and what happened last."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.authority.inbox.listing import waiting
from maillon.hotline.referral.overview import cases, running_referrals
from maillon.items.timeline import latest_events
from maillon.partners.stuck import stuck
from maillon.web.guard import SignedRequest


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person: how many, how many of them late, and the page that lists them.

    `grave` marks what should never be there at all.
    """

    text: str | Promise
    total: int
    late: int = 0
    address: str = ""
    grave: bool = False


def show(request: SignedRequest) -> HttpResponse:
    """The first page after signing in."""
    needs = needs_of(request.actor.house, request.at)
    return render(request, "web/overview.html", {"needs": needs, "events": latest_events()})


def needs_of(house: str, at: datetime) -> list[Need]:
    """What waits for a person in `house`, the one acted in."""
    of_house = {"hotline": hotline_needs, "authority": authority_needs}
    return [*(of_house[house](at) if house in of_house else []), *stuck_needs()]


def hotline_needs(at: datetime) -> list[Need]:
    """What the hotline's people must do."""
    opinions, running = cases(at=at), running_referrals(at=at)
    items, referrals = reverse("items"), reverse("referrals")
    states = (
        ("waiting", _("To be assessed")),
        ("second_opinion", _("Second opinion needed")),
        ("disputed", _("Opinions disagree")),
    )
    undecided, late = running["undecided"], sum(tally.late for tally in running.values())
    return [
        *(Need(text, opinions[s].total, opinions[s].late, f"{items}?show={s}") for s, text in states),
        Need(_("Country to be decided"), undecided.total, undecided.late, f"{referrals}?show=undecided"),
        Need(_("Referrals past their term"), late, address=f"{referrals}?show=late", grave=True),
    ]


def authority_needs(at: datetime) -> list[Need]:
    """What the authority's people must do."""
    return [Need(_("Arrivals to acknowledge"), *waiting(at=at), reverse("arrivals"))]


def stuck_needs() -> list[Need]:
    """What stopped going on by itself."""
    found = stuck()
    return [
        Need(_("Steps that are stuck"), found.deliveries, grave=True),
        Need(_("Messages that are stuck"), found.messages, grave=True),
    ]


def robots(request: HttpRequest) -> HttpResponse:
    """Nothing here is for search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")
