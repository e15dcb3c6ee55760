"""What the log may say: of a request its status, its method and its route; of an error where it arose, and its kind.

Never an address, headers or content: Django's own messages would print some of them (a path, a host name), and an
exception quotes the value that it arose from.
"""

import logging
from collections.abc import Iterator
from traceback import TracebackException

from django.http import HttpRequest


class Discreet(logging.Filter):
    """Rewrites every record that speaks of a request or of an error."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if request is not None:
            record.msg = "%s: %s %s %s"
            record.args = (record.name, getattr(record, "status_code", "-"), *_where(request))
        if record.exc_info and record.exc_info[1]:
            record.exc_text = "".join(_trail(TracebackException.from_exception(record.exc_info[1])))
            record.exc_info = None
        return True


def _where(request: HttpRequest) -> tuple[str, str]:
    match = getattr(request, "resolver_match", None)
    known = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    method = request.method if request.method in known else "other"
    return str(method), f"/{match.route}" if match else "(no route)"


def _trail(error: TracebackException) -> Iterator[str]:
    """Where an error arose and what led to it: files and lines of the program, no values."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _trail(before)
        yield "which led to:\n"
    yield from error.stack.format()
    yield f"{error.exc_type.__name__ if error.exc_type else 'error'} (its message is left out)\n"
