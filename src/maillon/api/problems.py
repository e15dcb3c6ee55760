"""Every refusal of the API as a problem document (RFC 9457), whatever refused.

`type` names the problem for programs, `detail` says what to do in one sentence for people, `errors` point into the body
that was sent (RFC 6901).
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja.errors import AuthenticationError, HttpError, ValidationError

from maillon.access.tokens import BadToken
from maillon.hotline.intake.batches import BatchDiffers
from maillon.kernel.errors import BadInput, MaillonError, NotAllowed, NotFound
from maillon.matching.errors import IndexDamaged, NoIndex
from maillon.partners.exchange.taking import EpochsDiffer

log = logging.getLogger("maillon.api")

MEDIA_TYPE = "application/problem+json"
TYPES: Mapping[int, str] = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "idempotency-key-reused",
    412: "epochs-differ",
    413: "too-large",
    415: "unsupported-media-type",
    422: "invalid",
    429: "too-many-requests",
    500: "internal-error",
    503: "unavailable",
}
"""The last part of `type` by status: all problems there are."""

Errors = Sequence[Mapping[str, str]]


@dataclass
class Refused(Exception):
    """The request is refused with this status."""

    status: int
    detail: str
    errors: Errors = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def problem(refused: Refused) -> HttpResponse:
    """The refusal as an answer."""
    body: dict[str, Any] = {
        "type": f"urn:maillon:problem:{TYPES[refused.status]}",
        "title": HTTPStatus(refused.status).phrase,
        "status": refused.status,
        "detail": refused.detail,
        **({"errors": list(refused.errors)} if refused.errors else {}),
    }
    answer = HttpResponse(orjson.dumps(body), status=refused.status, content_type=MEDIA_TYPE)
    answer["Content-Language"] = "en"  # whatever languages the program accepts
    for name, value in refused.headers.items():
        answer[name] = value
    return answer


def answer_to(request: HttpRequest, error: Any) -> HttpResponse:
    """What is answered where `error` was raised."""
    found = refusal(error)
    if found.status == 500:  # the request with it, so that the log says where, and nothing of what was sent
        log.error("The API failed.", exc_info=error, extra={"request": request, "status_code": 500})
    return problem(found)


def refusal(error: Exception) -> Refused:
    """The refusal that an error amounts to; what nobody foresaw says nothing of itself."""
    for kind, reading in READINGS:
        if isinstance(error, kind):
            return reading(error)
    return Refused(500, "Something went wrong here; nothing was stored. Send the same request again later.")


def _parsing(error: HttpError) -> Refused:
    """ninja wraps whatever its parser raises."""
    if isinstance(error.__cause__, Refused):
        return error.__cause__
    return Refused(400, "The body is no JSON that can be read; send one report, or a list of them, in UTF-8.")


def _invalid(error: ValidationError) -> Refused:
    if any(found["loc"][0] == "header" for found in error.errors):
        return Refused(400, "Send the header Idempotency-Key: 1 to 200 printable characters, another for each batch.")
    errors = [
        {"pointer": _pointer(found["loc"]), "detail": found["msg"].removeprefix("Value error, ")}
        for found in error.errors
    ]
    return Refused(422, "The body is not as the document openapi.json says; each error says where.", errors)


def _pointer(loc: Sequence[str | int]) -> str:
    """Where in the body: ninja's place without the source, the parameter, and which form the body took."""
    inside = [part for part in loc[2:] if part not in FORMS]
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in inside)


FORMS = ("one", "many")
"""The names of the two forms of a body, in `reports.Payload`."""


def _unauthorized(error: Exception) -> Refused:
    detail = str(error) if isinstance(error, BadToken) else "Send the token: `Authorization: Bearer maillon-…`."
    return Refused(401, detail, headers={"WWW-Authenticate": 'Bearer realm="maillon"'})


LATER = {"Retry-After": "30"}  # seconds
DAMAGED = "the index is damaged; tell the hotline, and send the same request again later"
READINGS: tuple[tuple[type[Exception], Callable[[Any], Refused]], ...] = (
    (Refused, lambda error: error),
    (ValidationError, _invalid),
    (AuthenticationError, _unauthorized),
    (HttpError, _parsing),
    (BadToken, _unauthorized),
    (NotAllowed, lambda error: Refused(403, str(error))),
    (NotFound, lambda error: Refused(404, str(error))),
    (Http404, lambda error: Refused(404, "There is nothing here; openapi.json lists what there is.")),
    (BatchDiffers, lambda error: Refused(409, str(error))),
    (EpochsDiffer, lambda error: Refused(412, str(error))),
    (NoIndex, lambda error: Refused(503, "Nothing can be looked up here yet: there is no index.", headers=LATER)),
    (IndexDamaged, lambda error: Refused(503, f"Nothing can be looked up: {DAMAGED}.", headers=LATER)),
    (BadInput, lambda error: Refused(422, str(error))),
    (MaillonError, lambda error: Refused(422, str(error))),
    (RequestDataTooBig, lambda error: Refused(413, "The body is too large; send less at a time.")),
    (UnreadablePostError, lambda error: Refused(400, "The body ended before it was whole; send it again.")),
    (SuspiciousOperation, lambda error: Refused(400, "The request cannot be read.")),
    (
        OperationalError,
        lambda error: Refused(503, "The database does not answer; send the same request again later.", headers=LATER),
    ),
)
"""What each error amounts to; the first that fits."""
