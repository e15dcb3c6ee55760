"""What every page shows around its content."""

from typing import Any

from django.http import HttpRequest
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


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor` (None before signing in), `menu`, `languages`, and whether this is the `demo` world."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "actor": actor,
        "menu": menu(actor) if actor else [],
        "languages": LANGUAGES,
        "demo": Installation.objects.filter(demo=True).exists(),
    }


def menu(actor: Actor) -> list[tuple[str, str | Promise]]:
    """The pages that are open to `actor`, as (name, label)."""
    return [
        (p.name, MENU[p.name]) for p in PAGES if p.name in MENU and actor.house in p.houses and p.allows(actor)
    ]
