"""The queue: what waits for an opinion, most urgent first, and taking the next one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.directory.countries import country_name
from maillon.directory.hotlines import OWN_COUNTRY, table
from maillon.hotline.analysis.claiming import Claim, claim, claim_next, claims_of, give_back
from maillon.hotline.analysis.filters import Wanted, filters, from_criteria
from maillon.hotline.analysis.queue import COUNTED, FIRST, Place, place_of, queue, tallies
from maillon.kernel.errors import BadInput
from maillon.languages import LANGUAGES
from maillon.outbox.sql import Row
from maillon.web import paging, wanted
from maillon.web.guard import SignedRequest
from maillon.web.labels import CASE, CHANNEL
from maillon.web.pages.bulk import acts_for
from maillon.web.pages.undoing import decided_part

SIZE = 30
"""Rows of a page: what somebody looks over, within the weight that a page may have."""

CHANNELS = ("web", "phone", "letter", "mail", "partner")
Text = str | Promise

VIEWS: Mapping[str, tuple[Text, Wanted]] = {
    "all": (pgettext_lazy("queue", "Everything"), wanted.ALL),
    "late": (gettext_lazy("Past their term"), Wanted(late=True)),
    "urgent": (gettext_lazy("Urgent"), Wanted(urgency=2)),
    "waiting": (gettext_lazy("To be assessed"), Wanted(states=("waiting",))),
    "second_opinion": (gettext_lazy("Second opinion needed"), Wanted(states=("second_opinion",))),
    "disputed": (gettext_lazy("Opinions disagree"), Wanted(states=("disputed",))),
}


def show(request: SignedRequest) -> HttpResponse:
    """What waits, a page at a time, as far as the filter asks for it."""
    asked = wanted.read(request.GET)
    after = read_place(request.GET.get("from", ""))
    me = request.actor
    found = queue(wanted=asked, person=me.name, at=request.at, after=after, limit=SIZE + 1)
    language = (get_language() or "fr")[:2]
    context = {
        "page": paging.shown(found, cursor, SIZE),
        "wanted": asked,
        "fields": wanted.pairs(asked),
        "query": wanted.as_query(asked),
        "words": list(wanted.words(asked, language)),
        "views": views(asked, request.at),
        "saved": saved(request, asked),
        "held": claims_of(person=me.name, at=request.at),
        "may_take": may(me, Permission.ASSESS),
        "may_settle": may(me, Permission.SETTLE_DISPUTE),
        "states": [(state, label.text) for state, label in CASE.items() if state != "settled"],
        "countries": countries(language),
        "channels": [(name, CHANNEL[name].text) for name in CHANNELS if name in CHANNEL],
        "languages_spoken": LANGUAGES,
        "urgencies": range(1, 6),
        "bulk_acts": acts_for(me),
        **decided_part(request),
    }
    return render(request, "web/queue.html", context)


def views(asked: Wanted, at: datetime) -> list[dict[str, object]]:
    """The usual ways to look at the queue, how many are in each, and which one it is."""
    numbers = tallies(at=at)
    return [
        {
            "text": text,
            "query": wanted.as_query(one),
            "current": one == asked,
            "number": numbers.get(name),
            "more": numbers.get(name) == COUNTED,
        }
        for name, (text, one) in VIEWS.items()
    ]


def saved(request: SignedRequest, asked: Wanted) -> list[Row]:
    """The filters that may be used here, each with its address. One that can no longer be read is left out."""
    found = []
    for row in filters(person=request.actor.name):
        try:
            one = from_criteria(row["criteria"])
        except BadInput:
            continue
        found.append(
            {**row, "query": wanted.as_query(one), "current": one == asked, "mine": row["owner"] == request.actor.name}
        )
    return found


@cache
def countries(language: str) -> list[tuple[str, str]]:
    """Countries to choose from: our own, those that a hotline of the network stands for, and none found."""
    abroad = sorted({row.key[0] for row in table().rows} - {OWN_COUNTRY}, key=lambda c: country_name(c, language))
    return [(code, country_name(code, language)) for code in (OWN_COUNTRY, *abroad)]


def cursor(row: Row) -> str:
    """A place in the queue as text in an address."""
    place = place_of(row)
    return f"{place.urgency}~{paging.moment_cursor(place.opened_at, place.case)}"


def read_place(text: str) -> Place:
    """The place that `text` names. Raises Http404."""
    if not text:
        return FIRST
    urgency, _sep, moment = text.partition("~")
    at, case = paging.read_moment(moment, (datetime(1, 1, 1, tzinfo=UTC), UUID(int=0)))
    return Place(paging.read_number(urgency, 5), at, case)


def take(request: SignedRequest) -> HttpResponse:
    """Claim the case asked for, or else the next one that the filter asks for; then to its item."""
    asked = wanted.read(request.POST)
    chosen = read_case(request.POST.get("case", ""))
    if chosen is not None:
        return to_item(claim(case_id=chosen, by=request.actor, at=request.at), asked)
    return to_next(request, asked)


def to_next(request: SignedRequest, asked: Wanted, decided: UUID | None = None) -> HttpResponse:
    """To the item of the next case, claimed; after a decision else to what the person still holds; else to the queue.

    The page of the item before may have been left a moment ago, and not have given it back yet.
    """
    taken = claim_next(wanted=asked, by=request.actor, at=request.at)
    if taken is None and decided is not None:
        held = [row for row in claims_of(person=request.actor.name, at=request.at) if row["item"] != decided]
        taken = Claim(held[0]["case"], held[0]["item"], held[0]["until"]) if held else None
    if taken is not None:
        return to_item(taken, asked, decided)
    if decided is None:
        messages.info(request, _("Nobody waits here now: there is nothing to take."))
    return to_queue(asked, decided)


def to_item(taken: Claim, asked: Wanted, decided: UUID | None = None) -> HttpResponse:
    return redirect(with_query(reverse("item", kwargs={"id": taken.item}), asked, decided))


def to_queue(asked: Wanted, decided: UUID | None = None) -> HttpResponse:
    return redirect(with_query(reverse("queue"), asked, decided))


def with_query(address: str, asked: Wanted, decided: UUID | None = None) -> str:
    """The address, with the filter it stands under and the item just decided."""
    query = wanted.as_query(asked)
    parts = [part for part in (query, f"decided={decided}" if decided else "") if part]
    return f"{address}?{'&'.join(parts)}" if parts else address


def leave(request: SignedRequest) -> HttpResponse:
    """Give a claim back; then to the queue, or nowhere where the browser only says that the page was left."""
    chosen = read_case(request.POST.get("case", ""))
    if chosen is None:
        raise Http404
    give_back(case_id=chosen, by=request.actor, at=request.at)
    if "quietly" in request.POST:
        return HttpResponse(status=204)
    messages.info(request, _("Given back: it is anybody's again."))
    return to_queue(wanted.read(request.POST))


def read_case(text: str) -> UUID | None:
    """The case that a form names; None where it names none. Raises Http404."""
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Http404 from None
