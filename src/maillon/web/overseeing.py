"""The addresses of what a partner refused, of breaking the glass, and of oversight."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import authority_figures, breaking, oversight, oversight_asks, refused

page = partial(Page, houses=("hotline",))
post = partial(page, method="POST")
year = partial(Page, houses=("authority",))
act = partial(Page, method="POST")
WEEK = "oversight/<slug:week>/"

OVERSEEING = (
    page(path="referrals/<uuid:id>/refused/", view=refused.show, name="refused", permission=P.DECIDE_REFUSED),
    post(path="referrals/<uuid:id>/settle/", view=refused.settle, name="settle_refused", permission=P.DECIDE_REFUSED),
    year(path="year/", view=authority_figures.show, name="authority_figures", permission=P.READ_FIGURES),
    year(
        path="year/state/", view=authority_figures.state, name="state_figures", permission=P.SEND_FIGURES,
        method="POST",
    ),
    Page(path="glass/", view=breaking.show, name="glass", permission=P.BREAK_GLASS),
    act(path="glass/break/", view=breaking.take, name="break_glass", permission=P.BREAK_GLASS),
    act(path="glass/<uuid:id>/mend/", view=breaking.mend, name="mend_glass", permission=P.BREAK_GLASS),
    Page(path="oversight/", view=oversight.show, name="oversight", permission=P.OVERSEE),
    act(path="oversight/glass/<uuid:id>/", view=oversight.glass, name="review_glass", permission=P.OVERSEE),
    Page(path="oversight/questions/", view=oversight_asks.show, name="oversight_asks", permission=P.ANSWER_OVERSIGHT),
    act(
        path="oversight/questions/answer/", view=oversight_asks.answer, name="answer_oversight",
        permission=P.ANSWER_OVERSIGHT,
    ),
    Page(path=WEEK, view=oversight.week, name="oversight_week", permission=P.OVERSEE),
    act(path=f"{WEEK}review/", view=oversight.review, name="review_entry", permission=P.OVERSEE),
    act(path=f"{WEEK}sign/", view=oversight.sign, name="sign_off", permission=P.OVERSEE),
)  # fmt: skip
