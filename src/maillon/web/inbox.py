"""The addresses of what arrives at the authority, and of questions between houses and partners."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.pages import letters, matter, matters, questions

page = partial(Page, houses=("authority",))
post = partial(page, method="POST")
M, A = "matters/<uuid:id>/", "arrivals/<uuid:id>/"

INBOX = (
    page(path="matters/", view=matters.listing, name="matters", permission=P.READ_MATTERS),
    post(path="matters/next/", view=matters.take_next, name="take_next_matter", permission=P.TAKE_MATTER),
    page(path=M, view=matter.show, name="matter", permission=P.READ_MATTERS),
    post(path=f"{M}take/", view=matter.take, name="take_matter", permission=P.TAKE_MATTER),
    post(path=f"{M}give-back/", view=matter.give_back, name="give_back_matter", permission=P.TAKE_MATTER),
    post(path=f"{M}pass/", view=matter.pass_on, name="pass_matter", permission=P.PASS_MATTER),
    post(path=f"{M}close/", view=matter.close, name="close_matter", permission=P.CLOSE_MATTER),
    post(path=f"{M}acknowledge/", view=matter.acknowledge_all, name="acknowledge_matter", permission=P.ACKNOWLEDGE),
    post(path=f"{A}acknowledge/", view=matter.acknowledge, name="acknowledge", permission=P.ACKNOWLEDGE),
    post(path=f"{A}refuse/", view=matter.refuse, name="refuse_arrival", permission=P.ACKNOWLEDGE),
    post(path=f"{A}ask/", view=matter.ask, name="ask_sender", permission=P.ACKNOWLEDGE),
    post(path=f"{A}place/", view=matter.place, name="place_letter", permission=P.ENTER_LETTER),
    page(path="letters/new/", view=letters.form, name="letter", permission=P.ENTER_LETTER),
    post(path="letters/enter/", view=letters.enter, name="enter_letter", permission=P.ENTER_LETTER),
)

BOTH = ("hotline", "authority")

QUESTIONS = (
    Page(path="questions/", view=questions.listing, name="questions", permission=P.ANSWER_PARTNER, houses=BOTH),
    Page(
        path="questions/<uuid:id>/answer/", view=questions.answer, name="answer_question",
        permission=P.ANSWER_PARTNER, houses=BOTH, method="POST",
    ),
)  # fmt: skip
