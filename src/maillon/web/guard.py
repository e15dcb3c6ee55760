"""The door of every page: who is signed in, as whom they act, and whether they may be here."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.views.decorators.http import require_http_methods

from maillon.access.devices import signs_in_well
from maillon.access.models import Login
from maillon.access.permissions import Permission, may
from maillon.access.queries import find_actor
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import MaillonError, NotAllowed, NotFound
from maillon.outbox.acting import HOUSES, Actor, acting
from maillon.web.refusals import refusal

CLOCK = SystemClock()


class SignedRequest(HttpRequest):
    """A request that passed the guard: `actor` acts in one house, `at` is the moment the page speaks of."""

    actor: Actor
    at: datetime


View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class Page:
    """One address. A page of a house that is not the actor's does not exist for them.

    `alone`: its view runs outside of any transaction, and calls one service that is a transaction of its own.
    """

    path: str
    view: View
    name: str
    permission: Permission
    houses: tuple[str, ...] = HOUSES
    method: str = "GET"
    alone: bool = False

    def allows(self, actor: Actor) -> bool:
        """Whether `actor`'s roles open this page."""
        return may(actor, Permission.SEE_PAGES) and may(actor, self.permission)

    def route(self) -> URLPattern:
        """This page for Django's table of addresses, guarded."""
        methods = ["GET", "HEAD"] if self.method == "GET" else [self.method]
        view = require_http_methods(methods)(guarded(self))
        return path(self.path, declared(view, self.permission), name=self.name)


def declared(view: View, permission: Permission | None) -> View:
    """The view, with the permission it takes written on it, which `web.checks` demands of every route."""
    setattr(view, "permission", permission)  # noqa: B010  (a function has no such attribute of its own)
    return view


def open_to_all(view: View) -> View:
    """Declare that a view takes no permission: signing in and out, choosing a language."""
    return declared(view, None)


def guarded(page: Page) -> View:
    """The page's view, run as the signed-in person, in one transaction of their house unless it stands `alone`."""

    @wraps(page.view)
    def view(request: HttpRequest, **key: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path() if page.method == "GET" else reverse("overview"))
        if not storable(request):
            raise BadRequest
        signed = cast(SignedRequest, request)
        signed.at = CLOCK.now()
        signed.actor = actor_of(request.user)
        if not signs_in_well(login=request.user.pk):
            return redirect("mfa_index")
        if signed.actor.house not in page.houses:
            raise Http404
        if not page.allows(signed.actor):
            raise PermissionDenied
        return answer(page, signed, key)

    return view


def storable(request: HttpRequest) -> bool:
    """Whether what was sent holds no NUL, which no column of text takes and no person writes."""
    sent = (*request.GET.lists(), *request.POST.lists())
    return not any("\x00" in text for _name, texts in sent for text in texts)


def actor_of(login: Login) -> Actor:
    """The person behind a sign-in. Raises PermissionDenied where it has no active account."""
    if login.house not in settings.MAILLON.houses:
        raise PermissionDenied
    try:
        return find_actor(house=login.house, name=login.person, clock=CLOCK)
    except NotFound:
        raise PermissionDenied from None


def answer(page: Page, request: SignedRequest, key: dict[str, Any]) -> HttpResponse:
    """What the view answers; a refusal of a service becomes a page that says so."""
    try:
        with nullcontext() if page.alone else acting(request.actor):
            return page.view(request, **key)
    except NotFound:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None
    except MaillonError as error:
        return render(request, "409.html", {"refusal": refusal(error)}, status=409)
