"""The documents of decisions, each as a file to keep; who took it out stays on record."""

from uuid import UUID

from django.http import HttpResponse

from maillon.authority.decision.taking import Which, take_document
from maillon.web.guard import SignedRequest, View


def document(which: Which) -> View:
    """The PDF of an order, of its lifting (both by the order's id), or of a refusal (by the request's)."""

    def take(request: SignedRequest, id: UUID) -> HttpResponse:
        found = take_document(which=which, id=id, by=request.actor, at=request.at)
        response = HttpResponse(found.content, content_type="application/pdf")
        name = "-".join(part for part in (which, found.name or str(id)[-8:]) if part)
        response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
        return response

    return take
