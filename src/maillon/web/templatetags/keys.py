"""Keys on pages: the attribute that the script reads, the key as a reader sees it, the list of them all."""

from collections.abc import Mapping
from typing import Any, NamedTuple, cast

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from maillon.access.keys import keys_of
from maillon.web.keys import ACTIONS, ENTER, EVERYWHERE, effective

register = template.Library()


class Line(NamedTuple):
    """One action in the list of keys."""

    text: str | Promise
    key: str


def keys_in(context: template.Context) -> Mapping[str, str]:
    """The keys of whoever looks at the page, read once."""
    request = cast(Any, context["request"])
    if not hasattr(request, "keys"):
        request.keys = effective(keys_of(person=request.actor.name))
    return cast(Mapping[str, str], request.keys)


def shown(key: str) -> str:
    """A key as it is written on one."""
    return _("Enter") if key == ENTER else key.upper()


@register.simple_tag(takes_context=True)
def key(context: template.Context, name: str) -> SafeString:
    """The attributes that give an element the key of an action; nothing where it has none."""
    found = keys_in(context).get(name)
    return format_html(' data-key="{0}" aria-keyshortcuts="{0}"', found) if found else SafeString("")


@register.simple_tag(takes_context=True)
def rows_keys(context: template.Context, down: str = "down", up: str = "up", tick: str = "tick") -> SafeString:
    """The attributes that let keys walk the rows of a list; the actions by name."""
    found = keys_in(context)
    names = {"down": down, "up": up, "tick": tick}
    parts = [format_html(' data-{}="{}"', name, found[action]) for name, action in names.items() if action in found]
    return SafeString("".join(parts))


@register.simple_tag(takes_context=True)
def kbd(context: template.Context, name: str) -> SafeString:
    """The key of an action, beside what it works on; nothing where it has none."""
    found = keys_in(context).get(name)
    return format_html(' <kbd aria-hidden="true">{}</kbd>', shown(found)) if found else SafeString("")


@register.simple_tag(takes_context=True)
def keys_of_page(context: template.Context, where: str) -> list[Line]:
    """The actions of this kind of page with their keys, for the overlay."""
    found = keys_in(context)
    kinds = (where, "everywhere") if where in EVERYWHERE else (where,)
    return [
        Line(action.text, shown(found[action.name]))
        for action in ACTIONS
        if action.where in kinds and action.name in found
    ]
