"""Ask a service, and stay on the page with what was typed where it refuses."""

from collections.abc import Callable

from django.db import transaction

from maillon.kernel.errors import BadInput, ForbiddenStep, MaillonError
from maillon.web.refusals import Refusal, refusal


def refused(service: Callable[[], object], *more: type[MaillonError]) -> Refusal | None:
    """Call `service` inside the page's transaction: None where it did its work.

    Where it refuses what it was given (BadInput, ForbiddenStep, or one of `more`), everything it did is undone, and
    the answer says why. Any other error passes.
    """
    expected: tuple[type[MaillonError], ...] = (BadInput, ForbiddenStep, *more)
    try:
        with transaction.atomic():
            service()
    except expected as error:
        return refusal(error)
    return None
