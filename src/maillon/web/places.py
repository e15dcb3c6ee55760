"""The addresses of the pages on where items are."""

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import places

HOTLINE = ("hotline",)

PLACES = (
    Page(path="items/<uuid:id>/place/", view=places.show, name="located", permission=P.LIST_ITEMS, houses=HOTLINE),
    Page(
        path="items/<uuid:id>/place/origin/", view=places.origin, name="state_origin", permission=P.STATE_LOCATION,
        houses=HOTLINE, method="POST",
    ),
    Page(
        path="items/<uuid:id>/place/country/", view=places.state, name="state_country", permission=P.STATE_LOCATION,
        houses=HOTLINE, method="POST",
    ),
    Page(
        path="items/<uuid:id>/place/contact/", view=places.contact, name="ask_contact", permission=P.STATE_LOCATION,
        houses=HOTLINE, method="POST",
    ),
)  # fmt: skip
