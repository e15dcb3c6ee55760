"""The addresses of looking: content, what a reveal shows, one's own exposure and everybody's, leave to look on."""

from functools import partial

from maillon.access.permissions import Permission as P
from maillon.web.guard import Page
from maillon.web.looking import content, exposure, leave, shown

page = partial(Page, houses=("hotline",))
post = partial(page, method="POST")

LOOKING = (
    page(path="items/<uuid:id>/look/", view=content.show, name="look", permission=P.LOOK),
    post(path="items/<uuid:id>/look/reveal/", view=content.reveal, name="reveal", permission=P.LOOK),
    post(path="items/<uuid:id>/look/hide/", view=content.hide, name="hide", permission=P.LOOK),
    page(path="looking/<uuid:id>/picture/", view=shown.picture, name="picture", permission=P.LOOK, alone=True),
    page(path="looking/<uuid:id>/text/", view=shown.text, name="page_text", permission=P.LOOK, alone=True),
    post(path="looking/seen/", view=shown.seen, name="seen", permission=P.LOOK),
    page(path="exposure/", view=exposure.mine, name="exposure", permission=P.LOOK),
    page(path="exposure/people/", view=exposure.everybody, name="exposures", permission=P.SEE_EXPOSURE),
    page(path="looking/leave/", view=leave.show, name="let_look_on", permission=P.LET_LOOK_ON),
    post(path="looking/leave/give/", view=leave.give, name="give_leave", permission=P.LET_LOOK_ON),
)
