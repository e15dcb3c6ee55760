"""The addresses of what a partner refused, of breaking the glass, and of oversight."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import authority_figures, refused

page = partial(Page, houses=("hotline",))
post = partial(page, method="POST")
year = partial(Page, houses=("authority",))

OVERSEEING = (
    page(path="referrals/<uuid:id>/refused/", view=refused.show, name="refused", permission=P.DECIDE_REFUSED),
    post(path="referrals/<uuid:id>/settle/", view=refused.settle, name="settle_refused", permission=P.DECIDE_REFUSED),
    year(path="year/", view=authority_figures.show, name="authority_figures", permission=P.READ_FIGURES),
    year(
        path="year/state/", view=authority_figures.state, name="state_figures", permission=P.SEND_FIGURES,
        method="POST",
    ),
)  # fmt: skip
