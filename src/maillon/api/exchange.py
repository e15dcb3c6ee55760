"""What other installations say to the houses of this one: messages and greetings, each signed by a pinned key.

No session, no token: who speaks is who signed. `partners.exchange` says what is said and how it is answered.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path

from maillon.access.permissions import Permission
from maillon.api.door import entrance
from maillon.api.problems import Refused
from maillon.kernel.clock import SystemClock
from maillon.partners.exchange.greeting import take_greeting
from maillon.partners.exchange.signed import MEDIA_TYPE
from maillon.partners.exchange.taking import take_message

CLOCK = SystemClock()
Take = Callable[..., bytes]


def operation(take: Take) -> Callable[..., HttpResponse]:
    """The view that hands the signed body to `take`, and answers with the signed text that it returns."""

    def view(request: HttpRequest, house: str, sender: str) -> HttpResponse:
        here = settings.MAILLON
        if house not in here.houses:
            raise Http404
        if request.headers.get("Content-Type") != MEDIA_TYPE:
            raise Refused(415, f"Send the body as {MEDIA_TYPE}.")
        answer = take(text=request.body, house=house, sender=sender, keys=here.keys, at=CLOCK.now())
        return HttpResponse(answer, content_type=MEDIA_TYPE)

    return view


def route(name: str, take: Take) -> object:
    view = entrance(operation(take), Permission.EXCHANGE, ("POST",))
    return path(f"exchange/<slug:house>/<slug:sender>/{name}", view, name=f"exchange-{name}")


ROUTES = [route("message", take_message), route("greeting", take_greeting)]
"""`house` is who is spoken to, `sender` who speaks."""
