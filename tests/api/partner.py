"""A partner organisation, its token, and what it sends."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.test import Client

from maillon.access.services import add_organisation
from maillon.access.tokens import make_token, token_key
from maillon.kernel.clock import SystemClock
from maillon.kernel.errors import BadInput
from tests.database import FOUNDED
from tests.factories.people import an_operator

ADDRESS = "/api/v1/reports"


def a_token(organisation: str = "partner-a", *rights: str) -> str:
    """The text of a token of `organisation`, made on the way where it is not known; for reports unless told."""
    at = SystemClock().now()
    with suppress(BadInput):  # known already
        add_organisation(id=organisation, kind="partner", name=organisation, by=an_operator(), at=FOUNDED)
    key = token_key(settings.SECRET_KEY)
    made = make_token(
        organisation=organisation, label="a test", rights=rights or ("report",), key=key, by=an_operator(), at=at
    )
    return made.text


def a_report(reference: str = "A-1", **more: Any) -> dict[str, Any]:
    return {"reference": reference, "language": "fr", "url": "http://be.test/a", **more}


class Program:
    """A partner's program, which holds a token."""

    def __init__(self, token: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, body: Any, key: str = "key-1", **more: Any) -> HttpResponse:
        return self.client.post(
            ADDRESS, body, content_type="application/json", headers={**self.headers, "Idempotency-Key": key}, **more
        )  # type: ignore[return-value]

    def ask(self, reference: str) -> HttpResponse:
        return self.client.get(f"{ADDRESS}/{reference}", headers=self.headers)  # type: ignore[return-value]
