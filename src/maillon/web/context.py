"""What every page shows around its content."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillon.access.breaking import running_glass
from maillon.access.permissions import Permission, may
from maillon.languages import LANGUAGES
from maillon.outbox.acting import Actor, acting
from maillon.outbox.models import Installation
from maillon.outbox.sql import Row
from maillon.web.guard import CLOCK
from maillon.web.portal.pages import only_portal
from maillon.web.urls import PAGES

Texts = Mapping[str, str | Promise]

MENU: Texts = {
    "overview": _("Overview"),
    "portal": _("Letters"),
    "queue": _("Queue"),
    "items": _("Items"),
    "referrals": _("Referrals"),
    "matters": _("Matters"),
    "letter": _("Take down a letter"),
    "questions": _("Questions"),
    "decisions": _("Decisions"),
    "register": _("What went abroad"),
    "procedures": _("Procedures"),
    "entering": _("Take down a report"),
    "unplaced": _("Without an address"),
    "load": _("Load"),
    "clearances": _("Clearances"),
    "accounts": _("Accounts"),
    "let_look_on": _("Let look on"),
    "exposures": _("Exposure"),
    "figures": _("Figures"),
    "authority_figures": _("Figures"),
    "peers": _("Other installations"),
    "oversight": _("Oversight"),
    "oversight_asks": _("Oversight asks"),
    "glass": _("Break the glass"),
}
FOOT: Texts = {
    "exposure": _("What I looked at"),
    "keys": _("Keys"),
    "design": _("Components"),
}
"""What stands at the foot of every page: about oneself and the pages, not about the work."""
OF_STAFF = frozenset({"overview", "keys", "design"})
"""What partners are not offered: the portal is where they begin, and all they need."""


class Entry(NamedTuple):
    """One line of the menu; `current` where the page shown is under its address."""

    address: str
    text: str | Promise
    current: bool


def page(request: HttpRequest) -> dict[str, Any]:
    """`actor` (None before signing in), `menu`, `foot`, `languages`, the `glass` that the actor broke and that is not
    mended yet, and whether this is the `demo` world."""
    actor: Actor | None = getattr(request, "actor", None)
    return {
        "actor": actor,
        "menu": entries(MENU, actor, request.path) if actor else [],
        "foot": entries(FOOT, actor, request.path) if actor else [],
        "languages": LANGUAGES,
        "glass": glass(actor, CLOCK.now()) if actor else [],
        "demo": Installation.objects.filter(demo=True).exists(),
    }


def glass(actor: Actor, at: datetime) -> list[Row]:
    """The clearances that `actor` took for themselves and that still last, with the seconds `left` of each."""
    if not may(actor, Permission.BREAK_GLASS):
        return []
    with acting(actor):
        running = running_glass(person=actor.name, at=at)
    return [{**row, "left": int((row["ends_at"] - at).total_seconds())} for row in running]


def entries(texts: Texts, actor: Actor, path: str) -> list[Entry]:
    """Those of the pages in `texts` that are open to `actor`, in its order."""
    open_pages = {p.name for p in PAGES if p.name in texts and actor.house in p.houses and p.allows(actor)}
    open_pages -= OF_STAFF if only_portal(actor) else frozenset()
    found = [(reverse(name), text) for name, text in texts.items() if name in open_pages]
    under = max((address for address, _text in found if _under(path, address)), key=len, default="")
    return [Entry(address, text, address == under) for address, text in found]


def _under(path: str, address: str) -> bool:
    return path == address or (address != reverse("overview") and path.startswith(address))
