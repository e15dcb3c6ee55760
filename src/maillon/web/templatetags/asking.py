"""What forms hand to a module of JavaScript."""

import json

from django import template
from django.core.serializers.json import DjangoJSONEncoder

register = template.Library()


@register.filter
def as_json(value: object) -> str:
    """JSON for an attribute, escaped there like any text."""
    return json.dumps(value, cls=DjangoJSONEncoder)
