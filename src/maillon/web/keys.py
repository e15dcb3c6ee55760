"""The keys of the console: every action that has one, its usual key, and what a person chose instead.

The usual letters stand on the home row, at the same place on QWERTY and AZERTY; digits are told by their place, so
that AZERTY needs no shift. Actions of one page have different keys; pages of different kinds may share them.
"""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from maillon.kernel.errors import BadInput

ENTER = "enter"
CHOICE = (*"abcdefghijklmnopqrstuvwxyz0123456789", ENTER)
"""What may be a key: one that needs no shift on either keyboard."""

ALL = "all"
"""Set to "off" among the keys that somebody chose: no key does anything."""


class Action(NamedTuple):
    """Something a key does: where (lists, item, look, everywhere), its usual key, and its name."""

    name: str
    where: str
    key: str
    text: str | Promise


WHERE: Mapping[str, str | Promise] = {
    "lists": _("In the queue and in lists"),
    "item": _("On the page of an item"),
    "look": _("While looking at content"),
    "everywhere": _("In lists and on items"),
}
EVERYWHERE = ("lists", "item")
"""The kinds of page that `everywhere` means."""

ACTIONS = (
    Action("next", "lists", "s", _("Take the next one")),
    Action("down", "lists", "j", _("Down")),
    Action("up", "lists", "k", _("Up")),
    Action("tick", "lists", "f", _("Tick or untick the row")),
    Action("bulk", "lists", "g", _("To the acts on what is ticked")),
    Action("code_1", "item", "j", _("First code")),
    Action("code_2", "item", "k", _("Second code")),
    Action("code_3", "item", "l", _("Third code")),
    Action("code_4", "item", "i", _("Fourth code")),
    Action("code_5", "item", "o", _("Fifth code")),
    Action("code_6", "item", "p", _("Sixth code")),
    *(Action(f"severity_{n}", "item", str(n), format_lazy(_("Severity {n}"), n=n)) for n in range(1, 6)),
    Action("imminent_danger", "item", "d", _("Flag: imminent danger")),
    Action("belgian_victim", "item", "f", _("Flag: Belgian victim")),
    Action("belgian_suspect", "item", "h", _("Flag: Belgian suspect")),
    Action("reason", "item", "r", _("Write the reason (Escape leaves it)")),
    Action("decide", "item", ENTER, _("Decide")),
    Action("take", "item", "s", _("Take this one, or keep it longer")),
    Action("give_back", "item", "g", _("Give it back")),
    Action("queue", "item", "e", _("To the queue")),
    Action("look_all", "look", "s", _("Show everything blurred")),
    Action("look_next", "look", "j", _("The next one (Enter shows one step more of it)")),
    Action("look_previous", "look", "k", _("The one before")),
    Action("look_hide", "look", "h", _("Hide everything")),
    Action("look_skip", "look", "g", _("Skip: give it back")),
    Action("look_back", "look", "e", _("Back")),
    Action("undo", "everywhere", "u", _("Undo the last decision")),
)
BY_NAME = {action.name: action for action in ACTIONS}


def effective(chosen: Mapping[str, str]) -> dict[str, str]:
    """Every action's key as it is now; empty where keys are turned off."""
    if chosen.get(ALL) == "off":
        return {}
    found = {action.name: chosen.get(action.name, action.key) for action in ACTIONS}
    return {name: key for name, key in found.items() if key}


def choice(given: Mapping[str, str], *, on: bool) -> dict[str, str]:
    """What to keep of the keys `given` by action: those that are not the usual ones. Raises BadInput on a clash."""
    for action in ACTIONS:
        key = given.get(action.name, action.key)
        if key and key not in CHOICE:
            raise BadInput(f"{key!r} cannot be a key; use a letter, a digit or Enter.")
    if two := clash(given):
        raise BadInput(f"{two[0].name} and {two[1].name} have the same key; give one of them another.")
    kept = {a.name: given[a.name] for a in ACTIONS if a.name in given and given[a.name] != a.key}
    return kept if on else {**kept, ALL: "off"}


def clash(given: Mapping[str, str]) -> tuple[Action, Action] | None:
    """The first two actions that one key would do on one page."""
    for n, one in enumerate(ACTIONS):
        for other in ACTIONS[n + 1 :]:
            key = given.get(one.name, one.key)
            if key and key == given.get(other.name, other.key) and _meet(one, other):
                return one, other
    return None


def _meet(one: Action, other: Action) -> bool:
    if one.where == other.where:
        return True
    return "everywhere" in (one.where, other.where) and bool({one.where, other.where} & set(EVERYWHERE))
