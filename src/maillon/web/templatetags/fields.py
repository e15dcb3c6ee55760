"""Forms that stand several times on one page: what belongs to which of them."""

from collections.abc import Mapping
from uuid import UUID

from django import template

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
