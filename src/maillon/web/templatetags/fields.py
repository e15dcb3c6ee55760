"""What pages of matters and questions ask for: forms that stand several times, texts that hold addresses."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from maillon.items.addresses import find
from maillon.items.defang import defanged
from maillon.web.refusals import Refusal

register = template.Library()


@register.filter
def fieldof(name: str, id: UUID) -> str:
    """The name of the form of this kind for this row."""
    return f"{name}{id}"


@register.filter
def at(wrong: Mapping[str, Refusal], field: str) -> Refusal | None:
    """What is wrong with a field, if anything."""
    return wrong.get(field)


@register.filter
def spoilt(text: str) -> str:
    """A text in which nobody's program makes a link of an address."""
    for address in sorted({one.given for one in find(text).locations}, key=len, reverse=True):
        text = text.replace(address, defanged(address))
    return text
