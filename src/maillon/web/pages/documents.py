"""The documents of decisions, each as a file to keep; who took it out stays on record."""

from uuid import UUID

from django.http import HttpResponse

from maillon.authority.decision.taking import Document, Which, take_document, take_sent_document
from maillon.web.guard import SignedRequest, View


def document(which: Which) -> View:
    """The PDF of an order or its lifting (by the order's id), of an extension, or of a refusal (by the request's)."""

    def take(request: SignedRequest, id: UUID) -> HttpResponse:
        found = take_document(which=which, id=id, by=request.actor, at=request.at)
        return file(found, f"{which}-{found.name or str(id)[-8:]}")

    return take


def sent(request: SignedRequest, id: UUID) -> HttpResponse:
    """The PDF of what a letter in the portal tells of."""
    found = take_sent_document(letter_id=id, by=request.actor, at=request.at)
    return file(found, found.name)


def file(found: Document, name: str) -> HttpResponse:
    """A document, to be kept under `name`."""
    response = HttpResponse(found.content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
