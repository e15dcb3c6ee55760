"""What every page shows around its content."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.languages import LANGUAGES
from maillon.outbox.acting import Actor
from maillon.outbox.models import Installation
from maillon.web.urls import PAGES

MENU: dict[str, str | Promise] = {
    "overview": _("Overview"),
    "items": _("Items"),
    "referrals": _("Referrals"),
    "arrivals": _("Arrivals"),
    "figures": _("Figures"),
}


class Entry(NamedTuple):
    """One line of the menu; `current` where the page shown is under its address."""

    address: str
    text: str | Promise
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor` (None before signing in), `menu`, `languages`, and whether this is the `demo` world."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "actor": actor,
        "menu": menu(actor, request.path) if actor else [],
        "languages": LANGUAGES,
        "demo": Installation.objects.filter(demo=True).exists(),
    }


def menu(actor: Actor, path: str) -> list[Entry]:
    """The pages that are open to `actor`, in the order of the table of addresses."""
    open_pages = [p for p in PAGES if p.name in MENU and actor.house in p.houses and p.allows(actor)]
    return [Entry(reverse(p.name), MENU[p.name], _under(path, reverse(p.name))) for p in open_pages]


def _under(path: str, address: str) -> bool:
    return path == address or (address != reverse("overview") and path.startswith(address))
