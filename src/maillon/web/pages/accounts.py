"""The people of the house: who they are, what they sign in with, and the life of their accounts."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from maillon.access.devices import lose_device
from maillon.access.invitations import Link, invitation_key, invite, invite_again
from maillon.access.leaving import leave
from maillon.access.locking import is_locked, lock_rule, unlock
from maillon.access.organisations import KINDS
from maillon.access.permissions import INDEPENDENT, Permission, may
from maillon.access.queries import clearances, organisations, training_of
from maillon.access.reasons import LONGEST
from maillon.access.roster import account, roster
from maillon.kernel.clock import brussels_day
from maillon.kernel.errors import NotAllowed
from maillon.outbox.acting import Actor
from maillon.outbox.sql import Row
from maillon.web.guard import SignedRequest
from maillon.web.refusals import Refusal
from maillon.web.trying import refused


def listing(request: SignedRequest) -> HttpResponse:
    """Everybody, and the form that invites; `?organisation=` chooses whose roles it offers."""
    return _list(request, request.GET.get("organisation", ""))


def send_invitation(request: SignedRequest) -> HttpResponse:
    """Make an account and its link, which this answer shows and none after it."""
    post = request.POST
    name, organisation = post.get("name", "").strip(), post.get("organisation", "")
    made, why = _made(
        lambda key: invite(
            name=name, organisation=organisation, roles=post.getlist("role"), key=key, by=request.actor, at=request.at
        )
    )
    return _list(request, organisation, why) if made is None else _shown_once(request, made)


def show(request: SignedRequest, name: str) -> HttpResponse:
    """One person."""
    return _one(request, name)


def another_link(request: SignedRequest, name: str) -> HttpResponse:
    """A new link in the place of one that ran out."""
    made, why = _made(lambda key: invite_again(person=name, key=key, by=request.actor, at=request.at))
    return _one(request, name, "link", why) if made is None else _shown_once(request, made)


def device(request: SignedRequest, name: str) -> HttpResponse:
    """Take away what the person signs in with, and make the link by which they begin anew."""
    made, why = _made(
        lambda key: lose_device(person=name, reason=_reason(request), key=key, by=request.actor, at=request.at)
    )
    return _one(request, name, "device", why) if made is None else _shown_once(request, made)


def unlocking(request: SignedRequest, name: str) -> HttpResponse:
    """Unlock the account before its time."""
    given: dict[str, Any] = {"person": name, "reason": _reason(request), "by": request.actor, "at": request.at}
    return _done(request, name, "unlock", lambda: unlock(**given))


def leaving(request: SignedRequest, name: str) -> HttpResponse:
    """End the account."""
    given: dict[str, Any] = {"person": name, "reason": _reason(request), "by": request.actor, "at": request.at}
    return _done(request, name, "leave", lambda: leave(**given))


def _reason(request: SignedRequest) -> str:
    return request.POST.get("reason", "")


def _made(make: Callable[[bytes], Link]) -> tuple[Link | None, Refusal | None]:
    """The link, or why there is none."""
    found: list[Link] = []
    why = refused(lambda: found.append(make(invitation_key(settings.SECRET_KEY))), NotAllowed)
    return (found[0] if found else None), why


def _done(request: SignedRequest, name: str, what: str, service: Callable[[], None]) -> HttpResponse:
    if why := refused(service, NotAllowed):
        return _one(request, name, what, why)
    messages.success(request, _("Done; your name and the reason stay on record."))
    return redirect("account", name=name)


def _shown_once(request: SignedRequest, link: Link) -> HttpResponse:
    address = settings.MAILLON.site + reverse("invitation", kwargs={"text": link.text})
    return render(request, "web/accounts/link.html", {"link": link, "address": address})


def _list(request: SignedRequest, wanted: str, why: Refusal | None = None) -> HttpResponse:
    offered = {o["id"]: (o["name"], roles) for o in organisations() if (roles := _roles(o["kind"], request.actor))}
    chosen = (
        wanted if wanted in offered else next((o for o in (request.actor.organisation, *offered) if o in offered), "")
    )
    context = {
        "people": [_with_state(row, request.at) for row in roster(at=request.at)],
        "organisations": {id: name for id, (name, _roles) in offered.items()},
        "chosen": chosen,
        "roles": offered[chosen][1] if chosen else (),
        "why": why,
        "typed": {"name": request.POST.get("name", ""), "roles": request.POST.getlist("role")} if why else {},
    }
    return render(request, "web/accounts/list.html", context, status=422 if why else 200)


def _roles(kind: str, by: Actor) -> tuple[str, ...]:
    """The roles that people of such an organisation have here, as far as `by` may give them."""
    known = KINDS[kind].roles.get(by.house, ()) if kind in KINDS else ()
    return known if may(by, Permission.MANAGE_INDEPENDENT) else tuple(role for role in known if role not in INDEPENDENT)


def _one(request: SignedRequest, name: str, what: str = "", why: Refusal | None = None) -> HttpResponse:
    row, today = account(name=name, at=request.at), brussels_day(request.at)
    context = {
        "one": _with_state(row, request.at),
        "own": name == request.actor.name,
        "held": [c for c in clearances(on=today) if c["person"] == name],
        "training": training_of(person=name),
        "today": today,
        "wrong": {what: why} if why else {},
        "typed": {what: request.POST} if why else {},
        "longest": LONGEST,
    }
    return render(request, "web/accounts/one.html", context, status=422 if why else 200)


def _with_state(row: Row, at: datetime) -> Row:
    """The row with `state` (a word of the labels' table `account`), `last_day`, and `locked_until` while it is."""
    locked = is_locked(locked_at=row["locked_at"], at=at)
    states = {
        "left": not row["active"],
        "locked": locked,
        "invited": not row["signs_in"] and row["invited_until"] is not None,
        "no_sign_in": not row["signs_in"],
        "unsecured": not row["secured"],
    }
    return {
        **row,
        "state": next((word for word, holds in states.items() if holds), "well"),
        "locked_until": row["locked_at"] + lock_rule(at).lasts if locked else None,
        "last_day": row["last_login"] and brussels_day(row["last_login"]),
    }
