"""The waiting page: everything that was written, a ticket, and a button that works once its time has come.

Its status is 429 (RFC 6585): this one source asks faster than its pace. 503 would say that the site is out of order,
and a reverse proxy that believes it would turn everybody away.
"""

import math
from collections.abc import Sequence

from django.http import HttpResponse

from maillon.web.reporter.showing import page
from maillon.web.reporter.tickets import Ticket


def waiting_page(
    language: str, wait: tuple[Ticket, str], now: float, *, action: str, hidden: Sequence[tuple[str, str]]
) -> HttpResponse:
    """Wait, here is your place. `action` is where the button sends, `hidden` what it carries beside the ticket."""
    ticket, text = wait
    seconds = max(math.ceil(ticket.ready - now), 1)
    context = {
        "action": action,
        "hidden": hidden,
        "ticket": text,
        "bits": ticket.bits,
        "seconds": seconds,
        "minutes": math.ceil(seconds / 60),
    }
    response = page("waiting", language, context, status=429)
    response["Retry-After"] = str(seconds)
    return response
