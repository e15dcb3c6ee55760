"""The addresses of the portal."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import documents
from maillon.web.portal import pages

read = partial(Page, permission=P.USE_PORTAL, houses=("hotline", "authority"))
answer = partial(Page, permission=P.ANSWER_PORTAL, houses=("hotline", "authority"), method="POST")

PORTAL = (
    read(path="portal/", view=pages.listing, name="portal"),
    read(path="portal/<uuid:id>/", view=pages.show, name="portal_letter"),
    read(path="portal/<uuid:id>/letter.json", view=pages.document, name="portal_file"),
    read(path="portal/<uuid:id>/document/", view=documents.sent, name="portal_document", method="POST"),
    answer(path="portal/<uuid:id>/acknowledge/", view=pages.acknowledge, name="portal_acknowledge"),
    answer(path="portal/<uuid:id>/refuse/", view=pages.refuse, name="portal_refuse"),
    answer(path="portal/<uuid:id>/ask/", view=pages.ask, name="portal_ask"),
)
