"""The API, first version: partner organisations' programs report, ask what became of it, and look known content up."""

import re
from datetime import datetime, timedelta
from math import ceil
from typing import Any, cast

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Body, Header, NinjaAPI, Status
from ninja.parser import Parser
from ninja.security import HttpBearer

from maillon.access.permissions import Permission, check
from maillon.access.tokens import find_partner, token_key
from maillon.api import asked, matching, pace
from maillon.api.door import takes
from maillon.api.problems import Refused, answer_to
from maillon.api.reports import REFERENCE, BatchOut, Payload, Problem, Standing
from maillon.hotline.intake.batches import submit_batch
from maillon.hotline.intake.following import outcome_words, report_of_partner
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import NotFound
from maillon.outbox.acting import Actor

HOUSE = "hotline"
CLOCK = SystemClock()
PACE = pace.Pace(burst=60, each=timedelta(seconds=1))
"""A minute's worth of requests at once, then one a second, for each organisation."""
KEY: Any = Header(  # type: ignore[type-arg]
    ...,
    alias="Idempotency-Key",
    pattern=r"^[\x21-\x7e]{1,200}$",
    description="The same key and body get the same answer.",
)
JSON = re.compile(r"application/json\s*(;.*)?", re.I)


class Token(HttpBearer):
    """The token of a partner organisation (`maillon token add`). `pace` None: its operation has one of its own."""

    def __init__(self, pace: pace.Pace | None = PACE) -> None:
        super().__init__()
        self.pace = pace

    def authenticate(self, request: HttpRequest, token: str) -> Actor:
        if HOUSE not in settings.MAILLON.houses:
            raise Http404
        at = CLOCK.now()
        by = find_partner(house=HOUSE, text=token, key=token_key(settings.SECRET_KEY), at=at)
        if self.pace:
            keep_to(self.pace, by, at)
        return by


def keep_to(held: pace.Pace, by: Actor, at: datetime, weight: int = 1) -> None:
    """Count a request of `by`. Raises Refused, which says when to come back."""
    wait = held.wait(by.organisation, at, weight)
    if wait:
        seconds = ceil(wait.total_seconds())
        raise Refused(429, f"Too many requests; ask again in {seconds} s.", headers={"Retry-After": str(seconds)})


class JsonParser(Parser):
    """JSON and nothing else, by the strict parser."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        if not JSON.fullmatch(request.headers.get("Content-Type", "")):
            raise Refused(415, "Send the body as application/json.")
        return cast("dict[str, Any]", orjson.loads(request.body))


api = NinjaAPI(
    title="Maillon",
    version="1.0.0",
    description="Reports of partner organisations to the hotline, and known content looked up. Every refusal is a "
    "problem document (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
    auth=Token(),
)
api.add_exception_handler(Exception, answer_to)
for handled in list(api._exception_handlers):  # ninja's own answers are no problem documents
    api.add_exception_handler(handled, answer_to)

REFUSALS = {status: Problem for status in (400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503)}


@api.post(
    "/reports",
    response={200: BatchOut, 201: BatchOut, 409: Problem, **REFUSALS},
    operation_id="report",
    summary="Report one or many",
)
@takes(Permission.SUBMIT_FOR_PARTNER)
def report(
    request: HttpRequest,
    payload: Body[Payload],
    idempotency_key: str = KEY,
) -> Status[BatchOut]:
    """Store one report, or a list of at most 1,000 in one transaction: all of them are taken, or none.

    201 where any was new, else 200. Sent again with the same Idempotency-Key and body, the answer is the same and
    nothing is stored twice; with another body it is 409.
    """
    given = payload if isinstance(payload, list) else [payload]
    by: Actor = request.auth  # type: ignore[attr-defined]
    found = submit_batch(key=idempotency_key, reports=[r.report() for r in given], by=by, at=CLOCK.now())
    answer = BatchOut.model_validate({"reports": found})
    return Status(201 if any(r.status == "created" for r in answer.reports) else 200, answer)


@api.get(
    "/reports/{reference}",
    response={200: Standing, **{s: Problem for s in (401, 403, 404, 405, 429, 500, 503)}},
    operation_id="standing",
    summary="What became of a report",
)
@takes(Permission.SUBMIT_FOR_PARTNER)
def standing(request: HttpRequest, reference: str) -> Standing:
    """What became of one of the organisation's own reports. Another's cannot be told from one that does not exist."""
    by: Actor = request.auth  # type: ignore[attr-defined]
    if not re.fullmatch(REFERENCE, reference):
        raise NotFound("There is no report of this reference.")
    found = report_of_partner(reference=reference, by=by)
    told = {"reference": reference, "received_on": found["received_on"].isoformat(), "outcome": outcome_words(found)}
    return Standing.model_validate(told)


@api.post(
    "/match",
    auth=Token(pace=None),
    response={
        200: matching.MatchesOut,
        **{s: Problem for s in (400, 401, 403, 404, 405, 413, 415, 422, 429, 500, 503)},
    },
    operation_id="match",
    summary="Look hashes or a file up among known content",
    openapi_extra={"requestBody": asked.BODY},
)
@takes(Permission.MATCH)
def match(request: HttpRequest) -> HttpResponse:
    """The matches of up to 10,000 hashes, of mixed types if you like; or of a file, which is hashed and not kept.

    It takes a token made for it; a file takes a right of its own. That something was asked is recorded, as numbers:
    how many hashes, of which types, how many of them matched. A hash without a match is not therefore harmless.
    """
    by: Actor = request.auth  # type: ignore[attr-defined]
    at = CLOCK.now()
    check(by, Permission.MATCH)  # before anything of what was sent is read
    wanted = asked.read(request)
    keep_to(matching.pace(), by, at, wanted.weight)
    return HttpResponse(matching.answer(wanted, by=by, at=at), content_type="application/json")


def nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Whatever is under the API's address and is none of it."""
    raise Http404
