"""Where every page can be seen: an address or more for each row of `PAGES`. A new page is looked at, or fails here."""

from collections.abc import Callable
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from maillon.access.permissions import HOUSE_ROLES
from maillon.outbox.acting import Actor
from maillon.web.decision.acts import ACTS
from maillon.web.guard import Page
from maillon.web.pages.bulk import acts_for
from maillon.web.urls import PAGES
from tests.accessibility.scene import Scene

FILES = frozenset({"portal_file", "figures_table", "chart", "design_chart", "picture"})
"""Answers that are no pages: a table to keep, a picture within a page."""

FORMS = ("confirm_approval", "order_in_writing", "note_approval", "note_answer")
ALIKE = frozenset(act.name for act in ACTS) - frozenset(FORMS)
"""Forms that one template makes; of those that differ one each is looked at."""

ROLES = (
    "senior_analyst", "analyst", "manager", "director", "operator", "police_officer", "police_coordinator",
    "magistrate", "prosecutor_clerk", "local_police_officer", "international_officer", "financial_investigator",
    "police_assessor", "welfare_officer", "portal_partner", "care_worker", "oversight",
)  # fmt: skip
"""Who is asked first to open a page."""

See = Callable[[str, Actor, Scene], list[str]]

SEEN = [page for page in PAGES if page.method == "GET" and page.name not in FILES | ALIKE]


def addresses(name: str, by: Actor, scene: Scene) -> list[str]:
    """Where `by` sees page `name`: first as it is, then in other states. Raises NoReverseMatch."""
    if name == "oversight_week":
        return [reverse(name, kwargs={"week": scene.week.isoformat()})]
    if name == "account":
        return [reverse(name, kwargs={"name": "operator"})]
    if name in BY_ID:
        return [reverse(name, kwargs={"id": id}) for id in BY_ID[name](by, scene)]
    if name in ADDRESSES:
        return ADDRESSES[name](reverse(name), by, scene)
    return [reverse(name)]


def _shown(*choices: str) -> See:
    return lambda address, by, scene: [address, *(f"{address}?show={choice}" for choice in choices)]


def _passed(by: Actor, scene: Scene) -> list[tuple[UUID, UUID]]:
    """The matter that was passed to the unit of somebody who sees nothing else, and its item."""
    return [scene.passed[role] for role in sorted(by.roles) if role in scene.passed]


def _items(by: Actor, scene: Scene) -> list[UUID]:
    lived = scene.lived
    if by.house == "authority":
        return [item for _matter, item in _passed(by, scene)] or [lived.arrived]
    return [scene.claimed, lived.disputed, lived.recalled, lived.undecided, lived.twice]


def _bulk(address: str, by: Actor, scene: Scene) -> list[str]:
    several = [("item", str(scene.lived.disputed)), ("item", str(scene.lived.twice))]
    return [f"{address}?{urlencode([*several, ('act', act.name)])}" for act in acts_for(by)]


ADDRESSES: dict[str, See] = {
    "items": _shown("all"),
    "referrals": _shown("undecided", "refused", "all"),
    "matters": _shown("mine", "unit", "closed"),
    "decisions": _shown("ended", "in_force"),
    "bulk": _bulk,
    "portal": _shown("answered", "recalled"),
}


BY_ID: dict[str, Callable[[Actor, Scene], list[UUID]]] = {
    "item": _items,
    "matter": lambda by, scene: [matter for matter, _item in _passed(by, scene)] or list(scene.matters),
    "decision": lambda by, scene: list(scene.decided[:3]),
    "confirm_approval": lambda by, scene: [scene.decided.spoken],
    "order_in_writing": lambda by, scene: [scene.decided.spoken],
    "note_approval": lambda by, scene: [scene.decided.waiting],
    "note_answer": lambda by, scene: [scene.decided.ordered],
    "request_new": lambda by, scene: [item for _matter, item in _passed(by, scene)] or [scene.decided.item],
    "demands": lambda by, scene: [scene.claimed],
    "located": lambda by, scene: [scene.claimed, scene.lived.undecided],
    "override": lambda by, scene: [scene.claimed],
    "refused": lambda by, scene: [scene.refused],
    "report": lambda by, scene: [scene.report],
    "look": lambda by, scene: [scene.seen, scene.claimed],
    "page_text": lambda by, scene: [scene.texts[role] for role in sorted(by.roles & scene.texts.keys())],
    "portal_letter": lambda by, scene: list(scene.letters[by.house]),
}


def viewers(page: Page) -> list[tuple[str, str]]:
    """The (house, role) pairs that may open the page."""
    found = [
        (house, role) for house in page.houses for role in HOUSE_ROLES[house] if page.allows(viewer_of(house, role))
    ]
    return sorted(found, key=lambda viewer: ROLES.index(viewer[1]))


def viewer_of(house: str, role: str) -> Actor:
    """Somebody of this role."""
    return Actor(house, role, "", frozenset({role}))
