"""The content of an item: asking for it, what came, on what an opinion rests, what is known of equal content."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.evidence.errors import NoRecipient
from maillon.evidence.services import recipients
from maillon.hotline.analysis.confirming import confirm_media, confirmed, looked_at
from maillon.hotline.analysis.known import accept_known, known_decisions
from maillon.hotline.analysis.queries import latest_case, opinions
from maillon.items.captures import captures_of, media_of
from maillon.items.states import Item
from maillon.observation.asking import FETCHABLE
from maillon.observation.fetches import PURPOSES, latest_fetches, request_fetch
from maillon.observation.known import known_matches
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.known import known_part
from maillon.web.pages.deciding import SAID, is_trained
from maillon.web.trying import refused

SHOWN = 5
"""Captures on the page; the others are counted."""
MATCHES = 10
"""Of a capture, the nearest; the others are counted."""
DIGITS = 16
"""Of a hash, in hexadecimal: enough to tell it from others at a glance."""
SOUND = ("", "ok")
"""What a hop's encryption says where nothing is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What the panel shows. `purposes` are empty where this person cannot ask for a fetch now.

    `keyless`: the vault lacks a key, so that nothing can be fetched. `late`: what came last came after the item was
    settled. `rests` are the media on which one's own opinion rests, `may_rest` those on which it may.
    """

    fetch: Row | None
    late: bool
    keyless: bool
    purposes: Sequence[str]
    captures: Sequence[Row]
    earlier: int
    proposals: Sequence[Any]
    rests: frozenset[UUID]
    may_rest: frozenset[UUID]
    may_look: bool


def content_part(request: SignedRequest, item: Row) -> dict[str, Any]:
    """`content`: what is to be shown of the item's content on its page."""
    id, actor = item["id"], request.actor
    fetch = latest_fetches(item_ids=[id]).get(id)
    found = captures_of(item_ids=[id])
    media = media_of(capture_ids=[row["id"] for row in found[:SHOWN]])
    known = known_matches(capture_ids=list(media))
    captures = [_shown(row, media[row["id"]], known[row["id"]]) for row in found[:SHOWN]]
    asks = may(actor, Permission.FETCH) and item["state"] == Item.OPEN and item["kind"] in FETCHABLE
    keyless = asks and _keyless(actor.house)
    under_way = fetch is not None and fetch["state"] != "done"
    rests, may_rest = _resting(request, id, [one["id"] for each in media.values() for one in each])
    decides = may(actor, Permission.ASSESS) and bool(found) and is_trained(request)
    return {
        "content": Content(
            fetch=fetch,
            late=fetch is not None and fetch["state"] == "done" and fetch["capture_id"] is None,
            keyless=keyless,
            purposes=PURPOSES if asks and not under_way and not keyless else (),
            captures=captures,
            earlier=max(0, len(found) - SHOWN),
            proposals=known_decisions(item_id=id) if decides else (),
            rests=rests,
            may_rest=may_rest,
            may_look=may(actor, Permission.LOOK),
        )
    }


def _keyless(house: str) -> bool:
    try:
        recipients(house)
    except NoRecipient:
        return True
    return False


def _resting(request: SignedRequest, id: UUID, media: Sequence[UUID]) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The media on which one's own opinion rests, and those on which it may: looked at, while it stands."""
    actor, case = request.actor, latest_case(item_id=id)
    if case is None or not media or not may(actor, Permission.ASSESS):
        return frozenset(), frozenset()
    if not any(row["person"] == actor.name and not row["former"] for row in opinions(case_id=case["id"])):
        return frozenset(), frozenset()
    rests = confirmed(item_id=id, person=actor.name)
    return rests, looked_at(item_id=id, media=media, person=actor.name) - rests


def _shown(capture: Row, media: Sequence[Row], known: Sequence[Row]) -> Row:
    """A capture with its media, what is known of them and what was wrong with its encryption, for the template."""
    numbers = {one["id"]: number for number, one in enumerate(media, start=1)}
    return {
        **capture,
        "known": [known_part(one, numbers[one["medium_id"]]) for one in known[:MATCHES]],
        "farther": max(0, len(known) - MATCHES),
        "media": [
            {
                **one,
                "digest": bytes(one["sha256"]).hex()[:DIGITS] if one["sha256"] else "",
                "look": bytes(one["pdq"]).hex()[:DIGITS] if one["pdq"] else "",
            }
            for one in media
        ],
        "digest": bytes(capture["sha256"]).hex()[:DIGITS] if capture["sha256"] else "",
        "unsound": sorted({hop["tls"] for hop in capture["hops"]} - set(SOUND)),
    }


def fetch(request: SignedRequest, id: UUID) -> HttpResponse:
    """Ask for the content to be fetched."""
    purpose, referrer = request.POST.get("purpose", ""), request.POST.get("referrer", "")
    return _done(
        request, id, _("It will be fetched; your name and the purpose stay on record."),
        lambda: request_fetch(item_id=id, purpose=purpose, referrer=referrer, by=request.actor, at=request.at),
    )  # fmt: skip


def rest(request: SignedRequest, id: UUID) -> HttpResponse:
    """Say on which media one's opinion rests."""
    media = [UUID(one) for one in request.POST.getlist("medium") if _is_id(one)]
    if not media:
        return _done(request, id, _("Nothing was marked."), lambda: None)
    return _done(
        request, id, _("Noted: where two people say so, equal content is known."),
        lambda: confirm_media(item_id=id, media=media, by=request.actor, at=request.at),
    )  # fmt: skip


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def accept(request: SignedRequest, id: UUID) -> HttpResponse:
    """Make a known decision one's own opinion."""
    said: list[str] = []
    key = request.POST.get("key", "")
    why = refused(lambda: said.append(accept_known(item_id=id, key=key, by=request.actor, at=request.at)))
    if why:
        messages.warning(request, str(why.text))
    else:
        messages.success(request, str(SAID[said[0]]))
    return redirect("item", id=id)


def _done(request: SignedRequest, id: UUID, told: str, service: Callable[[], object]) -> HttpResponse:
    why = refused(service, NoRecipient)
    if why:
        messages.warning(request, str(why.text))
    else:
        messages.success(request, told)
    return redirect("item", id=id)
