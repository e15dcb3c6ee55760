"""What waits for a partner, one letter, and its answers."""

from collections.abc import Callable
from uuid import UUID

import orjson
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.partners import letters
from maillon.partners.envelope import envelope_of
from maillon.web import paging
from maillon.web.guard import SignedRequest
from maillon.web.portal.showing import Shown, shown, talk
from maillon.web.refusals import Refusal
from maillon.web.trying import refused

CHOICES: dict[str, str | Promise] = {
    "waiting": pgettext_lazy("letter", "waiting for you"),
    "answered": pgettext_lazy("letter", "answered"),
    "recalled": pgettext_lazy("referral", "called back"),
}
STATES = {"waiting": ["waiting"], "answered": ["acknowledged", "refused"], "recalled": ["recalled"]}
EMPTY = gettext_lazy("Write something first.")


def only_portal(actor: Actor) -> bool:
    """Whether the portal is all that `actor` comes for."""
    return actor.roles <= {"portal_partner"}


def listing(request: SignedRequest) -> HttpResponse:
    """What waits: imminent danger on top, then the nearest term; or what was answered, the newest first."""
    show, partner = request.GET.get("show", "waiting"), request.actor.organisation
    if show not in CHOICES:
        raise Http404
    after = place(request.GET.get("from", ""))
    found = letters.letters(partner=partner, states=STATES[show], after=after, limit=paging.SIZE + 1)
    page = paging.shown(found, cursor)
    context = {
        "page": page,
        "letters": [shown(row) for row in page.rows],
        "show": show,
        "choices": CHOICES.items(),
        "waiting": letters.waiting_letters(partner=partner, at=request.at),
    }
    return render(request, "portal/list.html", context)


def cursor(row: Row) -> str:
    return f"{row['rank']}~{paging.moment_cursor(row['term'], row['id'])}"


def place(text: str) -> letters.Place:
    """The place that `text` names. Raises Http404."""
    if not text:
        return letters.FIRST
    rank, _sep, moment = text.partition("~")
    first = (letters.FIRST.term, letters.FIRST.id)
    return letters.Place(paging.read_number(rank, letters.LAST_RANK), *paging.read_moment(moment, first))


def show(request: SignedRequest, id: UUID) -> HttpResponse:
    """One letter, on one screen; that it was opened is noted."""
    found = letters.open_letter(id=id, by=request.actor, at=request.at)
    if found["kind"] == "answer" and found["speaks_of"]:
        return redirect("portal_letter", id=found["speaks_of"])
    return page(request, shown(found))


def page(request: SignedRequest, letter: Shown, wrong: dict[str, Refusal] | None = None) -> HttpResponse:
    """A letter's page; `wrong` is what was wrong with an answer, beside what was typed."""
    row, partner = letter.row, request.actor.organisation
    replies = letters.replies(partner=partner, to=row)
    later = [shown(reply) for reply in replies if reply["kind"] != "answer"]
    context = {
        "letter": letter,
        "earlier": shown(letters.letter(partner=partner, id=row["speaks_of"])) if row["speaks_of"] else None,
        "later": later,
        "replaced": any(one.row["kind"] == row["kind"] for one in later),
        "talk": talk(row, replies),
        "refusable": row["kind"] in letters.REFUSABLE,
        "limits": {"reason": letters.LONGEST_REASON, "question": letters.LONGEST_QUESTION},
        "wrong": wrong or {},
        "typed": request.POST,
    }
    return render(request, "portal/letter.html", context, status=422 if wrong else 200)


def document(request: SignedRequest, id: UUID) -> HttpResponse:
    """The letter as a program of the partner reads it: the message as any channel carries it."""
    row = letters.open_letter(id=id, by=request.actor, at=request.at)
    envelope = envelope_of(row, sender=row["house"], body=row["body"])
    content = orjson.dumps(envelope.document(), option=orjson.OPT_INDENT_2) + b"\n"
    name = f"{row['kind']}-{row['number']}.json"
    return HttpResponse(
        content,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def acknowledge(request: SignedRequest, id: UUID) -> HttpResponse:
    """Take note; back to what waits."""
    by, at = request.actor, request.at
    return answered(
        request, id, "acknowledge", lambda: letters.acknowledge_letter(id=id, by=by, at=at),
        _("Thank you. The sender learns of it now."),
    )  # fmt: skip


def refuse(request: SignedRequest, id: UUID) -> HttpResponse:
    """Refuse, with a reason; back to what waits."""
    reason, by, at = request.POST.get("reason", ""), request.actor, request.at
    return answered(
        request, id, "reason", lambda: letters.refuse_letter(id=id, reason=reason, by=by, at=at),
        _("The sender knows that you will not act on it, and why."), needs=reason,
    )  # fmt: skip


def ask(request: SignedRequest, id: UUID) -> HttpResponse:
    """Ask back; the letter stays open."""
    text, by, at = request.POST.get("text", ""), request.actor, request.at
    return answered(
        request, id, "text", lambda: letters.ask_back(id=id, text=text, by=by, at=at),
        _("Your question was sent. A mail tells you when there is an answer."), needs=text, stay=True,
    )  # fmt: skip


def answered(
    request: SignedRequest, id: UUID, what: str, service: Callable[[], object], done: str, *, needs: str = "-",
    stay: bool = False,
) -> HttpResponse:  # fmt: skip
    """Do it and say so; or say why not, beside what was typed."""
    why = refused(service) if needs.strip() else Refusal(EMPTY)
    if why:
        found = letters.letter(partner=request.actor.organisation, id=id)
        return page(request, shown(found), {what: why})
    messages.success(request, done)
    return redirect("portal_letter", id=id) if stay else redirect("portal")
