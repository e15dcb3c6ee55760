"""The addresses of the pages of police and justice: what was decided, what is asked, and what went abroad."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import decisions

page = partial(Page, houses=("authority",))
post = partial(page, method="POST")

AUTHORITY_PAGES = (
    page(path="decisions/", view=decisions.listing, name="decisions", permission=P.READ_DECISIONS),
    page(path="decisions/<uuid:id>/", view=decisions.show, name="decision", permission=P.READ_DECISIONS),
)
