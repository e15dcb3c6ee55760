"""What a reveal shows, to its person and for its minutes alone; and for how long it was on the screen."""

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render

from maillon.looking import showing
from maillon.looking.queries import state_of
from maillon.looking.services import note_seen
from maillon.outbox.acting import acting
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.looking import tools

MOST_SHEETS = 10_000
LONGEST = 3600


def picture(request: SignedRequest, id: UUID) -> HttpResponse:
    """The derivative of a reveal: an image of our own making, as part of a page and never by itself."""
    if request.headers.get("Sec-Fetch-Dest", "image") != "image":
        raise Http404
    found = showing.show(
        reveal_id=id,
        index=paging.read_number(request.GET.get("sheet") or "0", MOST_SHEETS),
        vault=tools.vault(),
        decoders=tools.decoders(),
        by=request.actor,
        at=request.at,
    )
    response = HttpResponse(found.body, content_type=found.mime)
    response["Content-Disposition"] = 'inline; filename="shown.jpg"'
    return response


def text(request: SignedRequest, id: UUID) -> HttpResponse:
    """The page's visible text, as plain text."""
    reveal, found = showing.show_text(reveal_id=id, vault=tools.vault(), by=request.actor, at=request.at)
    context = {
        "text": found,
        "reveal": id,
        "item": reveal["item_id"],
        "capture": reveal["capture_id"],
        "left": int((reveal["ends_at"] - request.at).total_seconds()),
    }
    with acting(request.actor):
        return render(request, "web/looking/text.html", context)


def seen(request: SignedRequest) -> HttpResponse:
    """Note how long a page's reveals were on the screen; answer whether a break is due."""
    try:
        reveals = [UUID(text) for text in request.POST.getlist("reveal")]
        seconds = int(request.POST.get("seconds", ""))
    except ValueError:
        raise Http404 from None
    note_seen(reveals=reveals, seconds=min(seconds, LONGEST), by=request.actor, at=request.at)
    found = state_of(by=request.actor, at=request.at)
    return JsonResponse({"pause": found.pause, "stopped": bool(found.stopped)})
