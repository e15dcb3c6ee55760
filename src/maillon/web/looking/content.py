"""An item's content: first what is known of it, then, asked for step by step, what may be shown."""

import math
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillon.access.permissions import Permission, may
from maillon.access.queries import people
from maillon.decoding.limits import SHEET_SIDE
from maillon.evidence.queries import openable
from maillon.hotline.analysis.blind import visible_rounds
from maillon.hotline.analysis.known import known_decisions
from maillon.hotline.analysis.queries import latest_case
from maillon.hotline.analysis.states import Case
from maillon.hotline.analysis.warning import known
from maillon.items.captures import captures_of, media_of
from maillon.items.timeline import item
from maillon.kernel.clock import brussels_day
from maillon.looking import services
from maillon.looking.policy import STEPS, Standing, limits
from maillon.looking.queries import leave_of, standing_reveals, state_of
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.looking.measures import Spent
from maillon.web.trying import refused

ALL, TEXT = "all", "text"


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """One capture of an item: the warning, and what the person let themselves be shown of it."""
    found = item(id=id)
    if found is None:
        raise Http404
    captures = captures_of(item_ids=[id])
    capture = _chosen(captures, request.GET.get("capture", ""))
    state = state_of(by=request.actor, at=request.at)
    context = {
        "item": found,
        "captures": captures if len(captures) > 1 else [],
        "capture": capture,
        "state": state,
        "limits": limits(brussels_day(request.at)),
        "spent": Spent(state.today),
        "decided_elsewhere": bool(known_decisions(item_id=id)),
        **_case_part(request, id),
        **_passing(request, id, state),
        **(_content(request, capture) if capture else {}),
    }
    return render(request, "web/looking/look.html", context)


def _chosen(captures: Sequence[Row], text: str) -> Row | None:
    """The capture that is asked for, else the latest with content, else the latest; None where there is none."""
    if text:
        return next((row for row in captures if str(row["id"]) == text), None) or _missing()
    received = (row for row in captures if row["object_id"])
    return next(received, captures[0] if captures else None)


def _missing() -> Row:
    raise Http404


def _case_part(request: SignedRequest, id: UUID) -> dict[str, Any]:
    """What is thought of the item, as far as whoever looks may know it, and whether it is theirs at the moment."""
    rounds = visible_rounds(item_id=id, by=request.actor)
    case = latest_case(item_id=id)
    said = [opinion for one in rounds for opinion in reversed(one["opinions"])]
    mine = (
        case is not None
        and case["claimed_by"] == request.actor.name
        and (case["claimed_until"] or request.at) > request.at
    )
    return {
        "case": case,
        "said": said[:3],
        "blind": bool(rounds) and rounds[0]["hidden"] and rounds[0]["state"] != Case.WAITING,
        "settled": case is not None and case["state"] == Case.SETTLED,
        "mine": mine,
    }


def _passing(request: SignedRequest, id: UUID, state: Standing) -> dict[str, Any]:
    """Where looking is over for today: what lets this person look on, or who may."""
    if not state.stopped:
        return {"may_look": True}
    leave = leave_of(person=request.actor.name, at=request.at)
    danger = known(item_id=id, by=request.actor).imminent_danger
    return {
        "may_look": bool(leave or danger),
        "leave": leave,
        "danger": danger,
        "supervisors": supervisors(request.actor),
    }


def supervisors(actor: Actor) -> list[str]:
    """Who may let `actor` look on."""
    found = [
        (row["name"], Actor(actor.house, row["name"], "", frozenset(row["roles"]))) for row in people() if row["active"]
    ]
    return [name for name, who in found if may(who, Permission.LET_LOOK_ON) and name != actor.name]


def _content(request: SignedRequest, capture: Row) -> dict[str, Any]:
    """The media of the capture, each with what is shown of it now and the next step."""
    media = media_of(capture_ids=[capture["id"]])[capture["id"]]
    objects = [row["object_id"] for row in (capture, *media) if row["object_id"]]
    ours = openable(objects, at=request.at)
    standing = standing_reveals(capture_id=capture["id"], by=request.actor, at=request.at)
    at = request.GET.get("at", "")
    shown = [_medium(request, row, ours, standing.get(row["id"]), at) for row in media]
    text = {
        "length": capture["text_length"],
        "open": bool(capture["text_length"]) and capture["object_id"] in ours,
        "shown": standing.get(None),
        "current": at == TEXT,
    }
    kinds = [row["kind"] for row in media]
    return {
        "media": shown,
        "images": kinds.count("image"),
        "videos": kinds.count("video"),
        "size": sum(row["size"] for row in media),
        "text": text,
        "blurrable": sum(one["open"] and one["shown"] is None for one in shown),
        "anything_shown": bool(standing),
        "closed_to_us": bool(objects) and not ours,
        "address": f"{reverse('look', kwargs={'id': capture['item_id']})}?capture={capture['id']}",
    }


def _medium(request: SignedRequest, row: Row, ours: set[UUID], shown: Row | None, at: str) -> dict[str, Any]:
    last = STEPS[row["kind"]] - 1
    sheet = paging.read_number(request.GET.get("sheet") or "0", 10_000) if at == str(row["position"]) else 0
    return {
        **row,
        "number": row["position"] + 1,
        "open": row["outcome"] == "ok" and row["object_id"] in ours,
        "shown": shown,
        "left": int((shown["ends_at"] - request.at).total_seconds()) if shown else 0,
        "next": shown["step"] + 1 if shown and shown["step"] < last else None,
        "large": shown is not None and shown["step"] >= 2,
        "current": at == str(row["position"]),
        "sheet": sheet,
        "further": sheet + 1 if sheet < _stretches(row["seconds"] or 0) else None,
    }


def _stretches(seconds: float) -> int:
    """How many sheets of a video follow its overview, a frame for each second (`decoding.sheets`)."""
    many = SHEET_SIDE**2
    return math.ceil(seconds / many) if seconds > many else 0


def reveal(request: SignedRequest, id: UUID) -> HttpResponse:
    """One step further with one medium; the first step of all; or the page's text."""
    capture, wanted = _uuid(request.POST.get("capture", "")), request.POST.get("medium", "")
    step = paging.read_number(request.POST.get("step") or "0", 9)
    ids: list[UUID] = []

    def ask() -> None:
        ids.extend(
            services.reveal(
                item_id=id,
                capture_id=capture,
                media=_media(request, capture, wanted),
                step=step,
                known=known(item_id=id, by=request.actor),
                by=request.actor,
                at=request.at,
            )
        )

    if why := refused(ask):
        messages.warning(request, str(why.text))
        return _back(id, capture)
    if wanted == TEXT:
        return redirect("page_text", id=ids[0])
    return _back(id, capture, request.POST.get("at", ""))


def _media(request: SignedRequest, capture: UUID, wanted: str) -> list[UUID | None]:
    if wanted == TEXT:
        return [None]
    if wanted != ALL:
        return [_uuid(wanted)]
    media = media_of(capture_ids=[capture])[capture]
    ours = openable([row["object_id"] for row in media if row["object_id"]], at=request.at)
    standing = standing_reveals(capture_id=capture, by=request.actor, at=request.at)
    return [
        row["id"] for row in media if row["outcome"] == "ok" and row["object_id"] in ours and row["id"] not in standing
    ]


def hide(request: SignedRequest, id: UUID) -> HttpResponse:
    """Show nothing more of the item."""
    services.hide(item_id=id, by=request.actor, at=request.at)
    messages.info(request, _("Nothing is shown any more."))
    return _back(id, _uuid(request.POST.get("capture", "")))


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None


def _back(id: UUID, capture: UUID, at: str = "") -> HttpResponse:
    """To the page of this capture, at the medium of this place."""
    place = f"&at={int(at)}" if at.isdecimal() and at.isascii() and len(at) < 6 else ""
    return redirect(f"{reverse('look', kwargs={'id': id})}?capture={capture}{place}")
